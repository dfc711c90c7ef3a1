package broker

import "testing"

func TestAnAddressIsShownWithoutItsSecrets(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"nats://u:canary@a:4222,tls://canary@b": "nats://a:4222,tls://b",
		"u:can@ary@a:4222":                      "a:4222",
		"nats://a:4222":                         "nats://a:4222",
	} {
		if got := shown(given); got != want {
			t.Errorf("%s is shown as %s", given, got)
		}
	}
}
