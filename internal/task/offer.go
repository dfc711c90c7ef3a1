package task

import "sync"

// offers are the tasks that this process has put into the shared queue since it was looked at last. Where the last look left nobody
// waiting, and nothing was heard of since but of these, they are all there is: they are taken without looking. Who is wrong about that
// loses nothing, for what is taken must be available still, and a look follows soon (lookBehind).
type offers struct {
	mu      sync.Mutex
	all     []waiting
	known   bool // there is nothing in the queue but all
	doubted bool // since the last look, something was heard of that is not in all
}

// mostOffered is how many are kept; beyond, looking is as good.
const mostOffered = candidates

// put adds a task, which has been committed.
func (o *offers) put(w waiting) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.all) < mostOffered {
		o.all = append(o.all, w)
		return
	}
	o.known, o.doubted = false, true
}

// doubt says that something may be waiting that was not offered.
func (o *offers) doubt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known, o.doubted = false, true
}

// take gives what was offered and says whether that is all there is. The others are found by the look that is due then.
func (o *offers) take() (all []waiting, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all, known = o.all, o.known && len(o.all) > 0
	o.all, o.known, o.doubted = nil, false, false
	return all, known
}

// settle says that nobody is left waiting of those who were there when take was called.
func (o *offers) settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known = !o.doubted
}
