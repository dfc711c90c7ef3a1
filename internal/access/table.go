package access

// The permissions.
const (
	RunsRead          Permission = "runs.read"
	RunsStart         Permission = "runs.start"
	RunsAbort         Permission = "runs.abort"
	DecisionsTake     Permission = "decisions.take"
	PointsClose       Permission = "points.close"
	PointsReopen      Permission = "points.reopen"
	DatasetsRead      Permission = "datasets.read"
	DatasetsUpload    Permission = "datasets.upload"
	DatasetsDownload  Permission = "datasets.download"
	DatasetsErase     Permission = "datasets.erase"
	DataUnmasked      Permission = "data.unmasked"
	RemarksWrite      Permission = "remarks.write"
	RemarksModerate   Permission = "remarks.moderate"
	ItemsAssign       Permission = "items.assign"
	RecipesRead       Permission = "recipes.read"
	RecipesWrite      Permission = "recipes.write"
	PoliciesWrite     Permission = "policies.write"
	MembersRead       Permission = "members.read"
	MembersManage     Permission = "members.manage"
	WorkspaceSettings Permission = "workspace.settings"
	WebhooksManage    Permission = "webhooks.manage"
	AuditRead         Permission = "audit.read"

	AccountsManage   Permission = "accounts.manage"
	WorkspacesManage Permission = "workspaces.manage"
	SettingsManage   Permission = "settings.manage"
	KeysRotate       Permission = "keys.rotate"
	SystemObserve    Permission = "system.observe"
	SystemManage     Permission = "system.manage"
	AuditSystem      Permission = "audit.system"

	SelfManage Permission = "self.manage"
)

type entry struct {
	scope Scope
	roles []Role
	says  string
}

// Whoever has a role of a workspace has those above it in these lists as well.
var (
	fromViewer  = []Role{Viewer, Analyst, Steward, Administrator}
	fromAnalyst = []Role{Analyst, Steward, Administrator}
	fromSteward = []Role{Steward, Administrator}
	onlyAdmin   = []Role{Administrator}
	operators   = []Role{Administrator, Operator}
)

// table is the permission table. docs/permissions.md shows it, and a test holds the two equal.
var table = map[Permission]entry{
	RunsRead:          {InWorkspace, fromViewer, "see runs, control points, findings, decisions and their evidence, personal data masked"},
	RunsStart:         {InWorkspace, fromAnalyst, "start a run, take up one that failed"},
	RunsAbort:         {InWorkspace, fromAnalyst, "end a run for good"},
	DecisionsTake:     {InWorkspace, fromAnalyst, "take, change and withdraw decisions at an open control point"},
	PointsClose:       {InWorkspace, fromAnalyst, "close a control point so that the run moves on, or send its stage back"},
	PointsReopen:      {InWorkspace, fromSteward, "open a control point again that was closed, renew one that expired"},
	DatasetsRead:      {InWorkspace, fromViewer, "see datasets, versions, rows and profiles, personal data masked"},
	DatasetsUpload:    {InWorkspace, fromAnalyst, "upload files"},
	DatasetsDownload:  {InWorkspace, fromAnalyst, "download files as received, versions and results"},
	DatasetsErase:     {InWorkspace, fromSteward, "erase a dataset with its key, for good"},
	DataUnmasked:      {InWorkspace, fromAnalyst, "see personal data as it is"},
	RemarksWrite:      {InWorkspace, fromViewer, "say something about what a run found, name others in it, edit and remove one's own remarks"},
	RemarksModerate:   {InWorkspace, fromSteward, "remove remarks of others"},
	ItemsAssign:       {InWorkspace, fromAnalyst, "have somebody see to an item of a run"},
	RecipesRead:       {InWorkspace, fromViewer, "see recipes and policies"},
	RecipesWrite:      {InWorkspace, fromAnalyst, "keep and change recipes"},
	PoliciesWrite:     {InWorkspace, fromSteward, "write policies, which decide in the place of people"},
	MembersRead:       {InWorkspace, fromViewer, "see who is in the workspace"},
	MembersManage:     {InWorkspace, onlyAdmin, "add people to the workspace, change their role, remove them"},
	WorkspaceSettings: {InWorkspace, onlyAdmin, "change the settings of the workspace"},
	WebhooksManage:    {InWorkspace, onlyAdmin, "manage webhooks and see their deliveries"},
	AuditRead:         {InWorkspace, fromSteward, "search and export the audit of the workspace"},

	AccountsManage:   {InInstance, onlyAdmin, "create, change and disable accounts"},
	WorkspacesManage: {InInstance, onlyAdmin, "create, change and close workspaces"},
	SettingsManage:   {InInstance, onlyAdmin, "change the settings of the instance"},
	KeysRotate:       {InInstance, operators, "rotate the master key"},
	SystemObserve:    {InInstance, operators, "see health, queue, broker, tiers and usage"},
	SystemManage:     {InInstance, operators, "retry dead tasks, replay dead messages, make a diagnostics bundle"},
	AuditSystem:      {InInstance, operators, "search and export the audit of the whole instance"},

	SelfManage: {OwnAccount, nil, "see and change one's own account, sessions and tokens"},
}
