// Package outbound makes HTTP clients for addresses that people give: of a webhook's receiver, of an identity provider.
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
package outbound
