package manifest_test

import (
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func TestSecretsComeFromOutside(t *testing.T) {
	t.Parallel()
	all := rendered(t, "external")
	for _, o := range all {
		if o.kind == "Secret" {
			t.Errorf("the chart makes the secret %s", o.name)
		}
	}
	for _, d := range of[apps.Deployment](t, all, "Deployment") {
		said := environment(&d)
		for name, want := range map[string]string{
			"ANALYTIX_MASTER_KEY_FILE": "master-key", "ANALYTIX_POSTGRES_URL_FILE": "postgres-url", "ANALYTIX_NATS_URL_FILE": "nats-url",
			"SSL_CERT_FILE": "ca.pem", "PGSSLROOTCERT": "ca.pem",
		} {
			if said[name] != "/run/secrets/analytix/"+want {
				t.Errorf("%s: %s is %q", d.Name, name, said[name])
			}
		}
	}
}

// What watches over the processes is not reached by the ingress.
func TestTheIngressKeepsFiguresInside(t *testing.T) {
	t.Parallel()
	all := rendered(t, "external")
	closed := map[string]bool{}
	for _, i := range of[networking.Ingress](t, all, "Ingress") {
		if len(i.Spec.TLS) != 1 {
			t.Errorf("%s has no TLS", i.Name)
		}
		for _, p := range i.Spec.Rules[0].HTTP.Paths {
			if p.Backend.Service.Name == "analytix-closed" && *p.PathType == networking.PathTypeExact {
				closed[p.Path] = true
			}
		}
	}
	if len(closed) != 3 || !closed["/metrics"] {
		t.Errorf("closed are %v", closed)
	}
	for _, s := range of[core.Service](t, all, "Service") {
		if s.Name == "analytix-closed" && s.Spec.Selector != nil {
			t.Error("somebody is behind the closed paths")
		}
	}
}

func TestNetworkPoliciesLetOnlyTheKnownIn(t *testing.T) {
	t.Parallel()
	policies := of[networking.NetworkPolicy](t, rendered(t, "external", "guarded"), "NetworkPolicy")
	if len(policies) != 2 {
		t.Fatalf("%d policies", len(policies))
	}
	for _, p := range policies {
		for _, in := range p.Spec.Ingress {
			if len(in.From) == 0 || len(in.Ports) == 0 {
				t.Errorf("%s lets everybody in", p.Name)
			}
		}
		if p.Name == "analytix" && (len(p.Spec.PolicyTypes) != 2 || len(p.Spec.Egress) < 2) {
			t.Errorf("%s: %v, egress %v", p.Name, p.Spec.PolicyTypes, p.Spec.Egress)
		}
		if p.Name == "analytix-front" && p.Spec.PodSelector.MatchLabels["app.kubernetes.io/component"] != "api" {
			t.Errorf("users reach %v", p.Spec.PodSelector.MatchLabels)
		}
	}
}

func TestWorkersFollowTheQueue(t *testing.T) {
	t.Parallel()
	all := rendered(t, "external", "keda")
	objects := of[struct {
		Spec struct {
			ScaleTargetRef struct{ Name string }
			MinReplicas    int `json:"minReplicaCount"`
			MaxReplicas    int `json:"maxReplicaCount"`
			Triggers       []struct {
				Type     string
				Metadata map[string]string
			}
		}
	}](t, all, "ScaledObject")
	if len(objects) != 1 {
		t.Fatalf("%d scaled objects", len(objects))
	}
	s := objects[0].Spec
	scaled(t, of[apps.Deployment](t, all, "Deployment"), s.ScaleTargetRef.Name)
	if s.ScaleTargetRef.Name != "analytix-worker" || s.MinReplicas != 2 || s.MaxReplicas != 20 || s.Triggers[0].Type != "prometheus" || s.Triggers[0].Metadata["threshold"] != "4" {
		t.Errorf("%+v", s)
	}
	// The figure is the one that the recording rule names.
	recorded := string(read(t, root+"/deploy/prometheus/recording.yml"))
	if query := s.Triggers[0].Metadata["query"]; !strings.Contains(recorded, strings.Replace(query, `, namespace="flow"`, "", 1)) {
		t.Errorf("KEDA asks for %s", query)
	}
}

// The chart carries the rules and dashboards of deploy/, which are tested, and no copies of them.
func TestRulesAndDashboardsAreThoseThatAreTested(t *testing.T) {
	t.Parallel()
	all := rendered(t, "external", "guarded")
	type rules struct {
		Groups []struct {
			Name  string           `json:"name"`
			Rules []map[string]any `json:"rules"`
		} `json:"groups"`
	}
	carried := of[struct {
		Spec rules `json:"spec"`
	}](t, all, "PrometheusRule")
	if len(carried) != 1 {
		t.Fatalf("%d rules", len(carried))
	}
	var want rules
	for _, name := range []string{"recording.yml", "alerts.yml"} {
		var r rules
		if err := yaml.Unmarshal(read(t, root+"/deploy/prometheus/"+name), &r); err != nil {
			t.Fatal(err)
		}
		want.Groups = append(want.Groups, r.Groups...)
	}
	is, err1 := yaml.Marshal(carried[0].Spec)
	ought, err2 := yaml.Marshal(want)
	if err1 != nil || err2 != nil || string(is) != string(ought) {
		t.Errorf("the rules of the chart are others: %v %v\n%s", err1, err2, is)
	}
	boards := 0
	for _, c := range of[core.ConfigMap](t, all, "ConfigMap") {
		for name, text := range c.Data {
			if file, found := strings.CutPrefix(name, "analytix-"); found {
				boards++
				if text != string(read(t, root+"/deploy/grafana/"+file)) || c.Labels["grafana_dashboard"] != "1" {
					t.Errorf("the dashboard %s is another, or is not found: %v", file, c.Labels)
				}
			}
		}
	}
	if boards != 2 {
		t.Errorf("%d dashboards", boards)
	}
}

func TestWhatCannotBeSoIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ set, want string }{
		"roles without a secret":  {"mode=roles", "secrets.existingSecret"},
		"an unknown mode":         {"mode=many", "mode"},
		"an unknown value":        {"replicas=3", "replicas"},
		"a size without a unit":   {"single.childMemory=2000", "childMemory"},
		"an origin with a path":   {"origin=https://a.example/x", "origin"},
		"another host at the top": {"ingress.enabled=true", "origin must be"},
	} {
		said, err := helm(t, "template", "a", "analytix", "--kube-version", "1.31.0", "--set", c.set)
		if err == nil || !strings.Contains(said, c.want) {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
}

// The digest of an image goes before its tag.
func TestAnImageIsNamedByItsDigest(t *testing.T) {
	t.Parallel()
	digest := "sha256:" + strings.Repeat("ab", 32)
	text, err := helm(t, "template", "a", "analytix", "--kube-version", "1.31.0", "--set", "image.digest="+digest)
	if err != nil || !strings.Contains(text, `image: "analytix@`+digest+`"`) {
		t.Errorf("%v\n%s", err, text)
	}
}

// With object storage pods share no folder: each has room of its own for copies, and what lets it in.
func TestFilesMayBeObjects(t *testing.T) {
	t.Parallel()
	all := rendered(t, "objects")
	for _, c := range of[core.PersistentVolumeClaim](t, all, "PersistentVolumeClaim") {
		if c.Name != "analytix-backups" {
			t.Errorf("there is a shared volume %s", c.Name)
		}
	}
	for _, d := range of[apps.Deployment](t, all, "Deployment") {
		pod := d.Spec.Template.Spec
		if v := pod.Volumes[0]; v.Name != "state" || v.EmptyDir == nil || v.EmptyDir.SizeLimit == nil {
			t.Errorf("%s: %+v", d.Name, v)
		}
		said := environment(&d)
		if !strings.HasPrefix(said["ANALYTIX_OBJECTS_URL"], "s3://analytix/prod?") ||
			said["AWS_SHARED_CREDENTIALS_FILE"] != "/run/secrets/analytix/storage-credentials" {
			t.Errorf("%s: %v", d.Name, said)
		}
	}
}
