package sample

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// WriteLarge writes a CSV of about the given number of bytes with 12 columns of all types, of which a few cells in a
// thousand are spoilt. The same seed gives the same bytes. It is what the benchmarks run on.
func WriteLarge(w io.Writer, seed uint64, bytes int64) (rows int64, err error) {
	out := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(seed, 12)) //nolint:gosec // reproducible on purpose
	line := []byte("id,ordered_at,customer,country,city,channel,product,quantity,price,discount,total,paid\n")
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for written := int64(0); written < bytes; rows++ {
		n, err := out.Write(line)
		if err != nil {
			return rows, fmt.Errorf("writing row %d: %w", rows, err)
		}
		written += int64(n)
		line = largeRow(line[:0], r, rows, start)
	}
	if err := out.Flush(); err != nil {
		return rows, fmt.Errorf("writing the last rows: %w", err)
	}
	return rows - 1, nil
}

func largeRow(b []byte, r *rand.Rand, id int64, start time.Time) []byte {
	place := cities[r.IntN(len(cities))]
	p := products[r.IntN(len(products))]
	quantity := 1 + r.IntN(5)
	discount := 5 * r.IntN(5)
	spoilt := r.IntN(1000)
	b = strconv.AppendInt(b, id+1, 10)
	b = append(b, ',')
	b = start.Add(time.Duration(id)*7*time.Second).AppendFormat(b, "2006-01-02 15:04:05")
	b = append(b, ",C"...)
	b = strconv.AppendInt(b, 100000+int64(r.IntN(50000)), 10)
	b = append(b, ',')
	b = append(b, place.country...)
	b = append(b, ',')
	b = append(b, place.city...)
	if spoilt == 0 {
		b = append(b, ' ')
	}
	b = append(b, [...]string{",web,", ",store,", ",marketplace,"}[r.IntN(3)]...)
	b = append(b, p.sku...)
	b = append(b, ' ')
	b = append(b, p.name...)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(quantity), 10)
	b = append(b, ',')
	if spoilt == 1 {
		b = append(b, "N/A"...)
	} else {
		b = strconv.AppendFloat(b, p.price, 'f', 2, 64)
	}
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(discount), 10)
	b = append(b, ',')
	b = strconv.AppendFloat(b, p.price*float64(quantity)*float64(100-discount)/100, 'f', 2, 64)
	return append(b, [...]string{",true\n", ",false\n"}[r.IntN(2)]...)
}
