package machine

import (
	"testing"
	"testing/fstest"
)

const meminfo = "MemTotal:       16000 kB\nMemFree:          100 kB\nMemAvailable:    9000 kB\n"

func TestReads(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  Memory
		fails bool
	}{
		"machine":   {fstest.MapFS{"proc/meminfo": file(meminfo)}, Memory{16000 << 10, 9000 << 10}, false},
		"unlimited": {fstest.MapFS{"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("max\n")}, Memory{16000 << 10, 9000 << 10}, false},
		"container": {fstest.MapFS{"proc/meminfo": file(meminfo), "proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("4096000\n"),
			"sys/fs/cgroup/memory.current": file("3096000\n"), "sys/fs/cgroup/memory.stat": file("anon 5\ninactive_file 400000\nactive_file 100000\n")},
			Memory{4096000, 1500000}, false},
		"limited further up": {fstest.MapFS{"proc/meminfo": file(meminfo), "proc/self/cgroup": file("1:cpu:/x\n0::/a/b\n"), "sys/fs/cgroup/a/memory.max": file("4096000\n"),
			"sys/fs/cgroup/a/memory.current": file("5000000\n")}, Memory{4096000, 0}, false},
		"nothing": {fstest.MapFS{}, Memory{}, true},
		"empty":   {fstest.MapFS{"proc/meminfo": file("")}, Memory{}, true},
	} {
		if m, err := read(c.files); m != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(meminfo, "0::/a/../..\n", "5", "7", "inactive_file 3")
	f.Fuzz(func(t *testing.T, info, group, most, current, stat string) {
		file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
		m, err := read(fstest.MapFS{"proc/meminfo": file(info), "proc/self/cgroup": file(group), "sys/fs/cgroup/memory.max": file(most),
			"sys/fs/cgroup/memory.current": file(current), "sys/fs/cgroup/memory.stat": file(stat)})
		if err == nil && m.Total <= 0 {
			t.Errorf("%+v", m)
		}
	})
}
