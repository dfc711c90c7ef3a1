// Package outbound calls other systems, and makes HTTP clients for addresses that people give: of a webhook's receiver.
// Such an address must not lead into the network that the server stands in, and however its name resolves, now or later:
//
//	URL ──► CheckURL: scheme, no password, no address that is refused anyway
//	         │
//	         ▼
//	name ──► resolver ──► address ──► Dialer.Control: Refused? ──► connect
//	                                  (the very address that is dialled)
//
// The check stands where the socket is connected, so that a name that resolves to something else the second time (DNS
// rebinding) gains nothing. Proxies of the environment are not used: behind one, nothing could be checked.
//
// What stands on the operator's own premises is reached by naming it in Policy.Allow. The metadata services of clouds,
// which give out credentials, are never reached by a range, only by their exact address.
//
// Every call to another system, of whatever protocol, goes by a Way, so that one that is slow or gone takes down nothing here, and what is
// tried again does not keep it down:
//
//	call ──► breaker open? ──► budget (a further try) ──► bulkhead (so many at once) ──► timeout ──► the system
//	          ErrOpen           ErrSpent                   ErrBusy
//
// A breaker opens after five calls in succession without an answer, and lets one call through every 30 seconds.
package outbound
