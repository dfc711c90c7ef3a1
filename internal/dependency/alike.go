package dependency

// alike makes one judgement of one slip: where most cells that hold a text are held for slips of one value, the others
// are too. What spoke for the text in them were rows that hold the same slip.
func (in *inference) alike() {
	for c := range in.t.Columns {
		col := &in.t.Columns[c]
		meant, times := map[int32]int32{}, map[int32]int32{}
		for row, x := range in.found[c] {
			o, v := col.Codes[row], in.belief[c][row]
			if !x.Slip || o < 0 || v < 0 {
				continue
			}
			if before, seen := meant[o]; seen && before != v {
				times[o] = -int32(in.t.Rows) // not of one value
				continue
			}
			meant[o] = v
			times[o]++
		}
		for row, o := range col.Codes {
			if o < 0 || times[o] < 2 || times[o]*3 < col.Count[o]*2 {
				continue
			}
			if _, judged := in.found[c][row]; judged {
				continue
			}
			in.found[c][row] = Cell{Row: row, Column: c, Old: col.Dict[o], New: col.Dict[meant[o]], Confidence: 0.8, Slip: true}
			in.belief[c][row] = meant[o]
		}
	}
}
