{{/* The name of what belongs to a release. */}}
{{- define "analytix.name" -}}
{{- if contains "analytix" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-analytix" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "analytix.selector" -}}
app.kubernetes.io/name: analytix
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "analytix.labels" -}}
{{ include "analytix.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "analytix.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* The roles that have a Deployment. */}}
{{- define "analytix.roles" -}}
{{- if eq .Values.mode "roles" }}api control worker{{ else }}single{{ end }}
{{- end }}

{{- define "analytix.state" -}}
{{ .Values.state.existingClaim | default (printf "%s-state" (include "analytix.name" .)) }}
{{- end }}

{{- define "analytix.backups" -}}
{{ .Values.backups.existingClaim | default (printf "%s-backups" (include "analytix.name" .)) }}
{{- end }}

{{/* Whether files are objects, and pods share no folder. */}}
{{- define "analytix.objects" -}}
{{- if and (eq .Values.mode "roles") .Values.objects.url }}true{{ end }}
{{- end }}

{{/* What cannot be so, in words. */}}
{{- define "analytix.check" -}}
{{- if and (eq .Values.mode "roles") (not .Values.secrets.existingSecret) }}
{{- fail "mode roles needs PostgreSQL and NATS: name a Secret with their addresses and the master key in secrets.existingSecret" }}
{{- end }}
{{- if and (eq .Values.mode "roles") (not .Values.secrets.masterKey) }}
{{- fail "mode roles needs the master key in the Secret: secrets.masterKey names its entry" }}
{{- end }}
{{- if and .Values.objects.url (ne .Values.mode "roles") }}
{{- fail "objects.url is for mode roles: one process keeps its files on its volume" }}
{{- end }}
{{- if and .Values.ingress.enabled (ne .Values.origin (printf "https://%s" .Values.ingress.host)) }}
{{- fail (printf "users come by the ingress: origin must be https://%s" .Values.ingress.host) }}
{{- end }}
{{- end }}

{{/* The environment of a role; the argument is a list of the root and the role. */}}
{{- define "analytix.environment" -}}
{{- $ := index . 0 }}{{ $role := index . 1 }}{{ $of := index $.Values $role }}
- {name: ANALYTIX_ROLES, value: {{ eq $role "single" | ternary "all" $role }}}
- {name: ANALYTIX_CONFIG, value: /etc/analytix/analytix.yaml}
- {name: ANALYTIX_DATA, value: /var/lib/analytix}
- {name: ANALYTIX_LISTEN, value: "0.0.0.0:8080"}
- {name: ANALYTIX_LOG, value: "-"}
- {name: ANALYTIX_ORIGIN, value: {{ $.Values.origin | quote }}}
- {name: ANALYTIX_INSECURE, value: "true"} # TLS ends at the ingress; the network policy keeps others out
{{- with $.Values.trustedProxies }}
- {name: ANALYTIX_TRUSTED_PROXIES, value: {{ join "," . | quote }}}
{{- end }}
- {name: ANALYTIX_MEMORY, value: {{ $of.childMemory | quote }}}
{{- with $of.workers }}
- {name: ANALYTIX_WORKERS, value: {{ . | quote }}}
{{- end }}
- {name: ANALYTIX_DRAIN_DELAY, value: {{ printf "%vs" $.Values.drain.delay }}}
- {name: ANALYTIX_DRAIN_WITHIN, value: {{ printf "%vs" $.Values.drain.within }}}
{{- if $.Values.secrets.existingSecret }}
{{- with $.Values.secrets.masterKey }}
- {name: ANALYTIX_MASTER_KEY_FILE, value: /run/secrets/analytix/{{ . }}}
{{- end }}
{{- if eq $.Values.mode "roles" }}
- {name: ANALYTIX_POSTGRES_URL_FILE, value: /run/secrets/analytix/{{ $.Values.secrets.postgresUrl }}}
- {name: ANALYTIX_NATS_URL_FILE, value: /run/secrets/analytix/{{ $.Values.secrets.natsUrl }}}
- {name: ANALYTIX_NATS_REPLICAS, value: {{ $.Values.nats.replicas | quote }}}
{{- end }}
{{- if include "analytix.objects" $ }}
- {name: ANALYTIX_OBJECTS_URL, value: {{ $.Values.objects.url | quote }}}
{{- with $.Values.objects.credentials }}
- {name: AWS_SHARED_CREDENTIALS_FILE, value: /run/secrets/analytix/{{ . }}}
{{- end }}
{{- end }}
{{- with $.Values.secrets.certificateAuthority }}
- {name: SSL_CERT_FILE, value: /run/secrets/analytix/{{ . }}}
- {name: PGSSLROOTCERT, value: /run/secrets/analytix/{{ . }}}
{{- end }}
{{- end }}
{{- if $.Values.backups.enabled }}
- {name: ANALYTIX_BACKUPS_DIR, value: /var/lib/analytix-backups}
{{- if or (eq $role "control") (eq $role "single") }}
- {name: ANALYTIX_BACKUPS_EVERY, value: {{ $.Values.backups.every | quote }}}
- {name: ANALYTIX_BACKUPS_KEEP, value: {{ $.Values.backups.keep | quote }}}
{{- end }}
{{- end }}
{{- with $.Values.tracing.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with $.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
