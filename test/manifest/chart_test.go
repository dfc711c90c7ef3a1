package manifest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

// helm finds the program that `make` builds into bin/tools.
func helm(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	found, _ := filepath.Glob(root + "/bin/tools/helm-v*")
	if len(found) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("helm is not in bin/tools: run make manifests")
		}
		t.Skip("helm is not in bin/tools: the chart was not checked (make manifests builds it)")
	}
	path, err := filepath.Abs(found[len(found)-1])
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Dir = root + "/deploy/helm"
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		return said.String(), err
	}
	return out.String(), nil
}

// object is anything of Kubernetes.
type object struct {
	kind, name string
	text       []byte
}

// kinds are those that Kubernetes itself has; a manifest is read into them strictly: a field that there is not is an error.
var kinds = map[string]func() any{
	"Deployment": func() any { return new(apps.Deployment) }, "Service": func() any { return new(core.Service) }, "ConfigMap": func() any { return new(core.ConfigMap) },
	"ServiceAccount": func() any { return new(core.ServiceAccount) }, "PersistentVolumeClaim": func() any { return new(core.PersistentVolumeClaim) },
	"Ingress": func() any { return new(networking.Ingress) }, "NetworkPolicy": func() any { return new(networking.NetworkPolicy) },
	"PodDisruptionBudget": func() any { return new(policy.PodDisruptionBudget) }, "HorizontalPodAutoscaler": func() any { return new(autoscaling.HorizontalPodAutoscaler) },
}

// foreign are kinds of others, of which the test has no types: their fields are looked at one by one.
var foreign = map[string]string{"ScaledObject": "keda.sh/v1alpha1", "ServiceMonitor": "monitoring.coreos.com/v1", "PrometheusRule": "monitoring.coreos.com/v1"}

// rendered is what the chart makes of the examples that are named.
func rendered(t *testing.T, examples ...string) []object {
	t.Helper()
	args := []string{"template", "analytix", "analytix", "--namespace", "flow", "--kube-version", "1.31.0"}
	for _, e := range examples {
		args = append(args, "-f", "examples/"+e+".yaml")
	}
	text, err := helm(t, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, text)
	}
	var all []object
	for doc := range strings.SplitSeq(text, "\n---\n") {
		var head struct {
			APIVersion string `json:"apiVersion"`
			Kind       string
			Metadata   struct{ Name string }
		}
		if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		if head.Kind == "" {
			continue
		}
		if into, ok := kinds[head.Kind]; ok {
			if err := yaml.UnmarshalStrict([]byte(doc), into()); err != nil {
				t.Errorf("%s %s: %v", head.Kind, head.Metadata.Name, err)
			}
		} else if foreign[head.Kind] != head.APIVersion {
			t.Errorf("%s %s is of %s", head.Kind, head.Metadata.Name, head.APIVersion)
		}
		if slices.ContainsFunc(all, func(o object) bool { return o.kind == head.Kind && o.name == head.Metadata.Name }) {
			t.Errorf("there are two of %s %s", head.Kind, head.Metadata.Name)
		}
		all = append(all, object{head.Kind, head.Metadata.Name, []byte(doc)})
	}
	return all
}

// of reads the objects of a kind.
func of[T any](t *testing.T, all []object, kind string) (found []T) {
	t.Helper()
	for _, o := range all {
		if o.kind != kind {
			continue
		}
		var v T
		if err := yaml.Unmarshal(o.text, &v); err != nil {
			t.Fatal(err)
		}
		found = append(found, v)
	}
	return found
}

// sets are the values that operators begin with.
var sets = map[string][]string{
	"default": nil, "external": {"external"}, "keda": {"external", "keda"}, "hpa": {"external", "hpa"}, "guarded": {"external", "guarded"}, "objects": {"objects"},
}

func TestTheChartHolds(t *testing.T) {
	t.Parallel()
	if said, err := helm(t, "lint", "--strict", "--kube-version", "1.31.0", "analytix"); err != nil {
		t.Errorf("lint: %v\n%s", err, said)
	}
	for name, examples := range sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := rendered(t, examples...)
			deployments := of[apps.Deployment](t, all, "Deployment")
			want := 3
			if name == "default" {
				want = 1
			}
			if len(deployments) != want {
				t.Fatalf("%d deployments, want %d", len(deployments), want)
			}
			for i := range deployments {
				safe(t, &deployments[i])
				fits(t, &deployments[i])
				drains(t, &deployments[i])
				refers(t, all, &deployments[i].Spec.Template.Spec)
			}
			selects(t, all, deployments)
		})
	}
}

// safe says whether the pods of a deployment have no rights that they do not need.
func safe(t *testing.T, d *apps.Deployment) {
	t.Helper()
	pod := &d.Spec.Template.Spec
	c := &pod.Containers[0]
	if s := pod.SecurityContext; !*s.RunAsNonRoot || *s.RunAsUser != 65532 || *s.FSGroup != 65532 || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault || *s.FSGroupChangePolicy != core.FSGroupChangeOnRootMismatch {
		t.Errorf("%s: the pod's security context is %+v", d.Name, s)
	}
	if s := c.SecurityContext; !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation || !slices.Equal(s.Capabilities.Drop, []core.Capability{"ALL"}) || len(s.Capabilities.Add) > 0 {
		t.Errorf("%s: the container's is %+v", d.Name, s)
	}
	if *pod.AutomountServiceAccountToken {
		t.Errorf("%s has a token of the cluster", d.Name)
	}
	if c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.LivenessProbe.HTTPGet.Path != "/healthz" || c.StartupProbe.HTTPGet.Path != "/healthz" {
		t.Errorf("%s: its probes ask for something else", d.Name)
	}
	for _, e := range c.Env {
		// The address of the object storage is refused with a secret in it.
		if regexp.MustCompile(`(?i)(password|secret|token|_key|_url)$`).MatchString(e.Name) && e.Name != "ANALYTIX_OBJECTS_URL" {
			t.Errorf("%s has a secret in its environment: %s", d.Name, e.Name)
		}
	}
	if d.Name != "analytix-single" && (d.Spec.Strategy.RollingUpdate == nil || d.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue() != 0) {
		t.Errorf("%s has fewer pods while it is upgraded", d.Name)
	}
}

func environment(d *apps.Deployment) map[string]string {
	said := map[string]string{}
	for _, e := range d.Spec.Template.Spec.Containers[0].Env {
		said[e.Name] = e.Value
	}
	return said
}

// fits says whether the memory of the container holds its child processes and the process itself.
func fits(t *testing.T, d *apps.Deployment) {
	t.Helper()
	said, budget := environment(d), d.Spec.Template.Spec.Containers[0].Resources
	child := resource.MustParse(strings.TrimSuffix(said["ANALYTIX_MEMORY"], "B"))
	children := int64(1)
	if n, err := strconv.ParseInt(said["ANALYTIX_WORKERS"], 10, 64); err == nil {
		children = n
	}
	limit, asked := budget.Limits.Memory().Value(), budget.Requests.Memory().Value()
	if limit < children*child.Value()+512<<20 || asked == 0 || asked > limit || budget.Requests.Cpu().IsZero() {
		t.Errorf("%s: %d children of %s in %s, of which %s are asked for", d.Name, children, child.String(), budget.Limits.Memory(), budget.Requests.Memory())
	}
}

// drains says whether a pod is given the time that it takes to end.
func drains(t *testing.T, d *apps.Deployment) {
	t.Helper()
	said, total := environment(d), int64(0)
	for _, name := range []string{"ANALYTIX_DRAIN_DELAY", "ANALYTIX_DRAIN_WITHIN"} {
		n, err := strconv.ParseInt(strings.TrimSuffix(said[name], "s"), 10, 64)
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
		total += n
	}
	if grace := *d.Spec.Template.Spec.TerminationGracePeriodSeconds; grace < total+10 {
		t.Errorf("%s has %d s to end and may take %d", d.Name, grace, total)
	}
}

// refers says whether the claims and the configuration that a pod mounts are there, and every mount has its volume.
func refers(t *testing.T, all []object, pod *core.PodSpec) {
	t.Helper()
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
		kind, name := "", ""
		switch {
		case v.PersistentVolumeClaim != nil:
			kind, name = "PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName
		case v.ConfigMap != nil:
			kind, name = "ConfigMap", v.ConfigMap.Name
		default:
			continue
		}
		if !slices.ContainsFunc(all, func(o object) bool { return o.kind == kind && o.name == name }) {
			t.Errorf("there is no %s %s", kind, name)
		}
	}
	for _, m := range pod.Containers[0].VolumeMounts {
		if !volumes[m.Name] {
			t.Errorf("there is no volume %s", m.Name)
		}
	}
}

// selects says whether services, budgets and scalers have pods behind them.
func selects(t *testing.T, all []object, deployments []apps.Deployment) {
	t.Helper()
	matched := func(selector map[string]string) (n int) {
		for i := range deployments {
			labels := deployments[i].Spec.Template.Labels
			hit := true
			for k, v := range selector {
				hit = hit && labels[k] == v
			}
			if hit {
				n++
			}
		}
		return n
	}
	for _, s := range of[core.Service](t, all, "Service") {
		want := map[string]int{"analytix": 1, "analytix-figures": len(deployments), "analytix-closed": 0}[s.Name]
		if got := matched(s.Spec.Selector); s.Spec.Selector != nil && got != want {
			t.Errorf("behind the service %s are %d deployments, want %d", s.Name, got, want)
		}
	}
	for _, b := range of[policy.PodDisruptionBudget](t, all, "PodDisruptionBudget") {
		if matched(b.Spec.Selector.MatchLabels) != 1 {
			t.Errorf("the budget %s is of nobody", b.Name)
		}
	}
	for _, h := range of[autoscaling.HorizontalPodAutoscaler](t, all, "HorizontalPodAutoscaler") {
		scaled(t, deployments, h.Spec.ScaleTargetRef.Name)
	}
}

// scaled says whether a deployment leaves its number of replicas to whoever scales it.
func scaled(t *testing.T, deployments []apps.Deployment, name string) {
	t.Helper()
	i := slices.IndexFunc(deployments, func(d apps.Deployment) bool { return d.Name == name })
	if i < 0 || deployments[i].Spec.Replicas != nil {
		t.Errorf("%s is not there, or has a number of replicas that an upgrade sets back", name)
	}
}
