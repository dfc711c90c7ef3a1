package condition

// Part is something that can be out of order. Parts are labels of figures and stand in the API: they are never renamed.
type Part string

// The parts, those first without which least works.
const (
	Database  Part = "database"
	Disk      Part = "disk"
	Files     Part = "object_storage"
	Keys      Part = "vault"
	Messages  Part = "broker"
	AccessLog Part = "access_log"
	SignIn    Part = "sign_in"
	Mail      Part = "mail"
	Webhooks  Part = "webhooks"
	Backup    Part = "backup"
	Authority Part = "certificate_authority"
	Syslog    Part = "syslog"
	Traces    Part = "traces"
)

// Parts lists them, the worst first.
func Parts() []Part {
	return []Part{Database, Disk, Files, Keys, Messages, AccessLog, SignIn, Mail, Webhooks, Backup, Authority, Syslog, Traces}
}

// Words say what it means that a part is out of order.
type Words struct {
	Title string // what is out of order, as a sentence
	Why   string // where nothing more is known
	Works string // what works all the same
	Held  string // what is held back, and what of it is kept
	Next  string // what happens next, and what is to be done
	// Felt says that those who work with the application notice it.
	Felt bool
}

var words = map[Part]Words{
	Database: {
		"The database cannot be reached, or is full.", "nothing can be recorded",
		"Pages that are open stay as they are.",
		"Nothing new is recorded: what you decide or upload now is refused and not kept. Everything before is kept, and runs wait.",
		"The server asks for it every few seconds and goes on by itself; nothing is restarted.", true,
	},
	Disk: {
		"The disk of the server is full.", "less than a mebibyte is free",
		"What is there can be looked at.",
		"Uploads and decisions are refused and not kept. Everything before is kept, and runs wait.",
		"Whoever runs the server makes room; then everything goes on by itself.", true,
	},
	Files: {
		"The storage of the files cannot be reached.", "it fails",
		"Runs and their control points can be looked at and decided on.",
		"Files are not taken in, and some cannot be shown. What you decide is kept; runs wait.",
		"The server asks for it every few seconds and goes on by itself; no try of a run is counted.", true,
	},
	Keys: {
		"The Vault that wraps the keys cannot be reached.", "it fails",
		"Everything whose key was used since the start.",
		"New uploads, and files that nobody has opened since the start.",
		"It is asked again every ten seconds; unseal it or bring it back.", true,
	},
	Messages: {
		"The message broker cannot be reached.", "there is no connection",
		"Everything can be looked at; uploads and decisions are kept.",
		"Runs stand still: messages wait in the records.",
		"The servers of the cluster are tried in turn; what waits is sent by itself.", true,
	},
	AccessLog: {
		"The access log is not what was written.", "an entry, a link or a signature does not hold",
		"Everything.", "Nothing. What was recorded since the last good check cannot be relied on.",
		"Treat it as an incident: see AnalytixAuditBroken in the runbooks.", false,
	},
	SignIn: {
		"A provider of sign-ins cannot be reached.", "it fails",
		"Who is signed in stays so; passwords and other providers work.",
		"Nobody can sign in by this provider.",
		"It is asked again every ten seconds.", false,
	},
	Mail: {
		"The mail server takes no mails.", "it fails",
		"Notices in the application.", "Mails wait, each for a day.",
		"It is asked again every ten seconds; mails that wait are sent by themselves.", false,
	},
	Webhooks: {
		"A receiver of webhooks does not answer.", "it fails",
		"Deliveries to other receivers.", "Deliveries to this one wait, each for a day.",
		"They are tried again by themselves, ever more rarely; the log of the webhook says when.", false,
	},
	Backup: {
		"There is no backup that is recent enough.", "the last one is older than two intervals",
		"Everything.", "Nothing; but what was done since the last backup is in none.",
		"The next one is made at its time; see AnalytixBackupOld in the runbooks.", false,
	},
	Authority: {
		"The authority of certificates cannot be reached.", "it fails",
		"Everything, while the certificate is valid.", "Its renewal, which begins a month before its end.",
		"It is asked again every ten seconds, and the renewal is tried every hour or so; see AnalytixCertificateExpires in the runbooks.", false,
	},
	Syslog: {
		"The access log does not reach its syslog target.", "it fails",
		"Everything; the access log itself is complete.", "Entries wait to be sent.",
		"Sending is tried every five seconds and goes on where it stopped.", false,
	},
	Traces: {
		"The collector of traces takes none.", "it fails",
		"Everything.", "Nothing waits: traces of this time are lost.",
		"It is asked again every ten seconds.", false,
	},
}

// Says gives the words of a part.
func (p Part) Says() Words { return words[p] }
