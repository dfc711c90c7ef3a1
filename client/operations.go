// Code generated from web/openapi.json by go test ./client -update. DO NOT EDIT.

package client

// Operation is the id of an operation, as the server's description has it.
type Operation string

// The operations.
const (
	// OpAbortRun: End a run for good; what it made is kept.
	OpAbortRun Operation = "abort-run"
	// OpAcceptLink: Set the password that a one-time link is for.
	OpAcceptLink Operation = "accept-link"
	// OpAskMore: Have the stage look for more like an insight; the same control point opens again with what is found, decisions stand.
	OpAskMore Operation = "ask-more"
	// OpChangeAccount: Rename, move, promote, disable or enable an account.
	OpChangeAccount Operation = "change-account"
	// OpChangeMe: Change one's own name.
	OpChangeMe Operation = "change-me"
	// OpChangePassword: Change the password; all other sessions end.
	OpChangePassword Operation = "change-password"
	// OpChangeWorkspace: Change name, settings or tier.
	OpChangeWorkspace Operation = "change-workspace"
	// OpClosePoint: Close the control point: the run moves on, what nothing was decided on is left alone.
	OpClosePoint Operation = "close-point"
	// OpConfirmTotp: Put the second factor in use with its first code.
	OpConfirmTotp Operation = "confirm-totp"
	// OpContinueUpload: Send the next piece of an upload.
	OpContinueUpload Operation = "continue-upload"
	// OpCreateAccount: Make an account, and the link with which its owner sets the password.
	OpCreateAccount Operation = "create-account"
	// OpCreatePolicy: Keep a new one.
	OpCreatePolicy Operation = "create-policy"
	// OpCreateRecipe: Keep a new one.
	OpCreateRecipe Operation = "create-recipe"
	// OpCreateUpload: Begin a resumable upload.
	OpCreateUpload Operation = "create-upload"
	// OpCreateWebhook: Make one; its secret is shown this once.
	OpCreateWebhook Operation = "create-webhook"
	// OpCreateWorkspace: Make a workspace.
	OpCreateWorkspace Operation = "create-workspace"
	// OpDecide: Take decisions, all of them or none.
	OpDecide Operation = "decide"
	// OpDownloadOriginal: The file byte for byte as it was received; takes Range.
	OpDownloadOriginal Operation = "download-original"
	// OpDownloadRunOriginal: The file of a run byte for byte as it was received; takes Range.
	OpDownloadRunOriginal Operation = "download-run-original"
	// OpDownloadVersion: A version as a file; takes Range.
	OpDownloadVersion Operation = "download-version"
	// OpDryRunPolicies: What policies or a recipe would decide on the issues of a run, without deciding it.
	OpDryRunPolicies Operation = "dry-run-policies"
	// OpEditRemark: Write a remark of one's own anew.
	OpEditRemark Operation = "edit-remark"
	// OpEndAccountSessions: End all sessions of an account.
	OpEndAccountSessions Operation = "end-account-sessions"
	// OpEndMyOtherSessions: End all of one's own sessions but this one.
	OpEndMyOtherSessions Operation = "end-my-other-sessions"
	// OpEndMySession: End one of one's own sessions.
	OpEndMySession Operation = "end-my-session"
	// OpEndUpload: End an unfinished upload and forget what has come.
	OpEndUpload Operation = "end-upload"
	// OpEnrolTotp: Begin to set up a second factor (TOTP).
	OpEnrolTotp Operation = "enrol-totp"
	// OpEraseDataset: Erase a dataset with its key and everything that runs made of it, for good.
	OpEraseDataset Operation = "erase-dataset"
	// OpEraseRun: Erase a run and its dataset, where no other run is on it.
	OpEraseRun Operation = "erase-run"
	// OpExportAudit: The same as a file, the oldest first.
	OpExportAudit Operation = "export-audit"
	// OpExportSystemAudit: The same as a file, the oldest first.
	OpExportSystemAudit Operation = "export-system-audit"
	// OpFirstStart: Make the first administrator and the first workspace.
	OpFirstStart Operation = "first-start"
	// OpGetAccount: One account.
	OpGetAccount Operation = "get-account"
	// OpGetAuditKey: The public key with which the signatures of an export are checked.
	OpGetAuditKey Operation = "get-audit-key"
	// OpGetBackup: The last backup, and whether one is being made.
	OpGetBackup Operation = "get-backup"
	// OpGetCell: Everything that happened to a cell.
	OpGetCell Operation = "get-cell"
	// OpGetDataset: A dataset.
	OpGetDataset Operation = "get-dataset"
	// OpGetDelivery: One of them, with every attempt.
	OpGetDelivery Operation = "get-delivery"
	// OpGetDiagnostics: What support needs to know, without secrets and data.
	OpGetDiagnostics Operation = "get-diagnostics"
	// OpGetDiff: In what a version differs from an earlier one.
	OpGetDiff Operation = "get-diff"
	// OpGetDiscussion: What people said about a run, who is to see to what, and who is looking at it.
	OpGetDiscussion Operation = "get-discussion"
	// OpGetFindings: Everything that was found, as findings.json.
	OpGetFindings Operation = "get-findings"
	// OpGetInsights: What the data says about the goal.
	OpGetInsights Operation = "get-insights"
	// OpGetIssues: What is wrong with the data, with evidence and resolutions.
	OpGetIssues Operation = "get-issues"
	// OpGetKeys: How the keys of the instance stand, and how far a rotation has come.
	OpGetKeys Operation = "get-keys"
	// OpGetMe: Who calls.
	OpGetMe Operation = "get-me"
	// OpGetMyNoticePreference: Which notices are shown, and which come by mail.
	OpGetMyNoticePreference Operation = "get-my-notice-preference"
	// OpGetPoint: The open control point.
	OpGetPoint Operation = "get-point"
	// OpGetPolicy: One of them.
	OpGetPolicy Operation = "get-policy"
	// OpGetProfile: What a column of a version holds.
	OpGetProfile Operation = "get-profile"
	// OpGetQueue: What the queue holds, by kind and state.
	OpGetQueue Operation = "get-queue"
	// OpGetReception: What reception determined: the format, the columns, the context.
	OpGetReception Operation = "get-reception"
	// OpGetRecipe: One of them.
	OpGetRecipe Operation = "get-recipe"
	// OpGetRecommendations: What to do, ranked.
	OpGetRecommendations Operation = "get-recommendations"
	// OpGetReport: The report, one file that opens offline.
	OpGetReport Operation = "get-report"
	// OpGetRun: Where a run stands.
	OpGetRun Operation = "get-run"
	// OpGetRunAudit: The hash-chained audit of the run.
	OpGetRunAudit Operation = "get-run-audit"
	// OpGetRunRecipe: The decisions, replayable on another file.
	OpGetRunRecipe Operation = "get-run-recipe"
	// OpGetSample: The file of a sample, to be uploaded as any other.
	OpGetSample Operation = "get-sample"
	// OpGetStatus: What is out of order that everybody feels, as far as this process knows.
	OpGetStatus Operation = "get-status"
	// OpGetSystemUsage: What every workspace has used.
	OpGetSystemUsage Operation = "get-system-usage"
	// OpGetUpload: How far an upload has come.
	OpGetUpload Operation = "get-upload"
	// OpGetUsage: What the workspace has used, and what its tier allows.
	OpGetUsage Operation = "get-usage"
	// OpGetVersion: What runs here.
	OpGetVersion Operation = "get-version"
	// OpGetWebhook: One of them.
	OpGetWebhook Operation = "get-webhook"
	// OpGetWorkspace: One workspace.
	OpGetWorkspace Operation = "get-workspace"
	// OpListAccountSessions: The sessions of an account.
	OpListAccountSessions Operation = "list-account-sessions"
	// OpListAccounts: All accounts.
	OpListAccounts Operation = "list-accounts"
	// OpListAssignments: What somebody is to see to in the workspace: the caller, where nobody else is named.
	OpListAssignments Operation = "list-assignments"
	// OpListConditions: Everything that is out of order, as far as the processes of the instance know, the worst first.
	OpListConditions Operation = "list-conditions"
	// OpListDatasets: The datasets of the workspace, the latest first.
	OpListDatasets Operation = "list-datasets"
	// OpListDeadMessages: Messages that could not be handled.
	OpListDeadMessages Operation = "list-dead-messages"
	// OpListDeadTasks: Tasks that failed for good.
	OpListDeadTasks Operation = "list-dead-tasks"
	// OpListDecisions: Every decision, superseded ones included, in the order in which they were taken.
	OpListDecisions Operation = "list-decisions"
	// OpListDeliveries: What it was told, the latest first.
	OpListDeliveries Operation = "list-deliveries"
	// OpListErasures: The proofs of what was erased, the latest first.
	OpListErasures Operation = "list-erasures"
	// OpListMembers: Who is in the workspace.
	OpListMembers Operation = "list-members"
	// OpListMyNotices: What one was told of.
	OpListMyNotices Operation = "list-my-notices"
	// OpListMySessions: One's own sessions.
	OpListMySessions Operation = "list-my-sessions"
	// OpListMyTokens: One's own API tokens.
	OpListMyTokens Operation = "list-my-tokens"
	// OpListPolicies: The policies that the workspace keeps.
	OpListPolicies Operation = "list-policies"
	// OpListRecipes: The recipes that the workspace keeps.
	OpListRecipes Operation = "list-recipes"
	// OpListRuns: The runs of the workspace, the latest first.
	OpListRuns Operation = "list-runs"
	// OpListSamples: Tables with planted problems and patterns, to try.
	OpListSamples Operation = "list-samples"
	// OpListTiers: What each tier allows.
	OpListTiers Operation = "list-tiers"
	// OpListVersions: The versions of the dataset.
	OpListVersions Operation = "list-versions"
	// OpListWebhooks: The webhooks of the workspace.
	OpListWebhooks Operation = "list-webhooks"
	// OpListWorkspaces: The workspaces that the caller is in.
	OpListWorkspaces Operation = "list-workspaces"
	// OpLookAtLink: Whom a one-time link is for; it stays valid.
	OpLookAtLink Operation = "look-at-link"
	// OpMakeLink: A new link with which its owner sets the password.
	OpMakeLink Operation = "make-link"
	// OpMakeMyToken: Make an API token.
	OpMakeMyToken Operation = "make-my-token"
	// OpMakeRemark: Say something about a run or an item of it; those who are named in it are told.
	OpMakeRemark Operation = "make-remark"
	// OpOidcArrive: End a sign-in by a provider: the browser comes back here.
	OpOidcArrive Operation = "oidc-arrive"
	// OpOidcDepart: Begin a sign-in by a provider: sends the browser there.
	OpOidcDepart Operation = "oidc-depart"
	// OpPostFile: Upload a file in one request, as a form of several parts with a part named file.
	OpPostFile Operation = "post-file"
	// OpPreview: What a resolution would change, on real rows.
	OpPreview Operation = "preview"
	// OpPreviewReading: How the beginning of the file would be read with other options; for whoever may see personal data, as nobody knows yet which columns hold any.
	OpPreviewReading Operation = "preview-reading"
	// OpPutAssignment: Have somebody see to an item.
	OpPutAssignment Operation = "put-assignment"
	// OpPutFile: Upload a file in one request: its bytes are the body.
	OpPutFile Operation = "put-file"
	// OpPutMember: Give somebody a role in the workspace.
	OpPutMember Operation = "put-member"
	// OpPutMyNoticePreference: Choose which notices are shown, and which come by mail.
	OpPutMyNoticePreference Operation = "put-my-notice-preference"
	// OpPutPolicy: Write it anew.
	OpPutPolicy Operation = "put-policy"
	// OpPutRecipe: Write it anew.
	OpPutRecipe Operation = "put-recipe"
	// OpPutWebhook: Write it anew.
	OpPutWebhook Operation = "put-webhook"
	// OpQueryRows: A window of the rows of a version: filtered, sorted, masked where the caller may not see personal data.
	OpQueryRows Operation = "query-rows"
	// OpRefresh: New tokens for a refresh token, which is used up.
	OpRefresh Operation = "refresh"
	// OpRemoveAccountTotp: Take away a second factor that its owner lost; all sessions end.
	OpRemoveAccountTotp Operation = "remove-account-totp"
	// OpRemoveAssignment: Have nobody in particular see to an item.
	OpRemoveAssignment Operation = "remove-assignment"
	// OpRemoveMember: Take somebody out of the workspace.
	OpRemoveMember Operation = "remove-member"
	// OpRemovePolicy: Remove it.
	OpRemovePolicy Operation = "remove-policy"
	// OpRemoveRecipe: Remove it.
	OpRemoveRecipe Operation = "remove-recipe"
	// OpRemoveRemark: Take back what one said oneself; a steward removes what others said, too.
	OpRemoveRemark Operation = "remove-remark"
	// OpRemoveTotp: Take the second factor away.
	OpRemoveTotp Operation = "remove-totp"
	// OpRemoveWebhook: Remove it with its log.
	OpRemoveWebhook Operation = "remove-webhook"
	// OpRenewRecoveryCodes: New recovery codes in the place of the old.
	OpRenewRecoveryCodes Operation = "renew-recovery-codes"
	// OpRenewRun: Give an expired control point new time.
	OpRenewRun Operation = "renew-run"
	// OpReopenRun: Open the control point of an earlier stage again; what came after it is made anew.
	OpReopenRun Operation = "reopen-run"
	// OpReplayDeadMessage: Send a message that could not be handled again.
	OpReplayDeadMessage Operation = "replay-dead-message"
	// OpReplayDelivery: Tell it the same again, as a new delivery.
	OpReplayDelivery Operation = "replay-delivery"
	// OpRetryDeadTasks: Take up again what a failure stopped.
	OpRetryDeadTasks Operation = "retry-dead-tasks"
	// OpRetryRun: Take up again what a failure stopped.
	OpRetryRun Operation = "retry-run"
	// OpRevokeMyToken: Revoke an API token.
	OpRevokeMyToken Operation = "revoke-my-token"
	// OpRotateKeys: Make a new master key and wrap all keys anew; no data is rewritten, and work goes on.
	OpRotateKeys Operation = "rotate-keys"
	// OpRotateWebhookSecret: Give it a new secret, which is shown this once; the old one is of no use any more.
	OpRotateWebhookSecret Operation = "rotate-webhook-secret"
	// OpSearchAudit: Who did what in the workspace, the latest first.
	OpSearchAudit Operation = "search-audit"
	// OpSearchSystemAudit: Who did what in the whole instance, the latest first.
	OpSearchSystemAudit Operation = "search-system-audit"
	// OpSecondFactor: The second step of a sign-in: a code.
	OpSecondFactor Operation = "second-factor"
	// OpSeeMyNotices: Mark notices as read.
	OpSeeMyNotices Operation = "see-my-notices"
	// OpSendBack: Have the stage begin anew, with options.
	OpSendBack Operation = "send-back"
	// OpSignIn: Sign in with mail address and password.
	OpSignIn Operation = "sign-in"
	// OpSignInWays: How people can sign in.
	OpSignInWays Operation = "sign-in-ways"
	// OpSignOut: End the session of the token or the cookies that are sent along.
	OpSignOut Operation = "sign-out"
	// OpStartBackup: Make a backup in the server's folder for them.
	OpStartBackup Operation = "start-backup"
	// OpStartRun: Start a run on a dataset.
	OpStartRun Operation = "start-run"
	// OpTestWebhook: Send it an event of the kind webhook.test.
	OpTestWebhook Operation = "test-webhook"
	// OpUploadOptions: What the server knows of the protocol, and the largest file.
	OpUploadOptions Operation = "upload-options"
	// OpVerifyAudit: Check every entry, link and signature of the access log.
	OpVerifyAudit Operation = "verify-audit"
	// OpWatchRun: How the run moves, live.
	OpWatchRun Operation = "watch-run"
	// OpWatchWorkspace: How the runs of the workspace move, live.
	OpWatchWorkspace Operation = "watch-workspace"
	// OpWithdraw: Take a decision back.
	OpWithdraw Operation = "withdraw"
)

// endpoint is how an operation is called; repeat says whether it may be sent again.
type endpoint struct {
	method, path string
	repeat       bool
}

var operations = map[Operation]endpoint{
	OpAbortRun:              {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/abort", true},
	OpAcceptLink:            {"POST", "/api/v1/auth/links/accept", false},
	OpAskMore:               {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/point/more", true},
	OpChangeAccount:         {"PATCH", "/api/v1/accounts/{account}", true},
	OpChangeMe:              {"PATCH", "/api/v1/me", true},
	OpChangePassword:        {"PUT", "/api/v1/me/password", true},
	OpChangeWorkspace:       {"PATCH", "/api/v1/workspaces/{workspace}", true},
	OpClosePoint:            {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/point/close", true},
	OpConfirmTotp:           {"POST", "/api/v1/me/totp/confirm", false},
	OpContinueUpload:        {"PATCH", "/api/v1/workspaces/{workspace}/uploads/{upload}", true},
	OpCreateAccount:         {"POST", "/api/v1/accounts", false},
	OpCreatePolicy:          {"POST", "/api/v1/workspaces/{workspace}/policies", true},
	OpCreateRecipe:          {"POST", "/api/v1/workspaces/{workspace}/recipes", true},
	OpCreateUpload:          {"POST", "/api/v1/workspaces/{workspace}/uploads", false},
	OpCreateWebhook:         {"POST", "/api/v1/workspaces/{workspace}/webhooks", false},
	OpCreateWorkspace:       {"POST", "/api/v1/workspaces", true},
	OpDecide:                {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/point/decisions", true},
	OpDownloadOriginal:      {"GET", "/api/v1/workspaces/{workspace}/datasets/{dataset}/original", true},
	OpDownloadRunOriginal:   {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/original", true},
	OpDownloadVersion:       {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/download", true},
	OpDryRunPolicies:        {"POST", "/api/v1/workspaces/{workspace}/policies/dry-run", true},
	OpEditRemark:            {"PUT", "/api/v1/workspaces/{workspace}/runs/{run}/discussion/remarks/{remark}", true},
	OpEndAccountSessions:    {"DELETE", "/api/v1/accounts/{account}/sessions", true},
	OpEndMyOtherSessions:    {"DELETE", "/api/v1/me/sessions", true},
	OpEndMySession:          {"DELETE", "/api/v1/me/sessions/{session}", true},
	OpEndUpload:             {"DELETE", "/api/v1/workspaces/{workspace}/uploads/{upload}", true},
	OpEnrolTotp:             {"POST", "/api/v1/me/totp", false},
	OpEraseDataset:          {"POST", "/api/v1/workspaces/{workspace}/datasets/{dataset}/erase", true},
	OpEraseRun:              {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/erase", true},
	OpExportAudit:           {"GET", "/api/v1/workspaces/{workspace}/audit/export", true},
	OpExportSystemAudit:     {"GET", "/api/v1/system/audit/export", true},
	OpFirstStart:            {"POST", "/api/v1/auth/first-start", false},
	OpGetAccount:            {"GET", "/api/v1/accounts/{account}", true},
	OpGetAuditKey:           {"GET", "/api/v1/system/audit/key", true},
	OpGetBackup:             {"GET", "/api/v1/system/backup", true},
	OpGetCell:               {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/cell", true},
	OpGetDataset:            {"GET", "/api/v1/workspaces/{workspace}/datasets/{dataset}", true},
	OpGetDelivery:           {"GET", "/api/v1/workspaces/{workspace}/webhooks/{webhook}/deliveries/{delivery}", true},
	OpGetDiagnostics:        {"GET", "/api/v1/system/diagnostics", true},
	OpGetDiff:               {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/diff", true},
	OpGetDiscussion:         {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/discussion", true},
	OpGetFindings:           {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/results/findings.json", true},
	OpGetInsights:           {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/insights", true},
	OpGetIssues:             {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/issues", true},
	OpGetKeys:               {"GET", "/api/v1/system/keys", true},
	OpGetMe:                 {"GET", "/api/v1/me", true},
	OpGetMyNoticePreference: {"GET", "/api/v1/me/notices/preference", true},
	OpGetPoint:              {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/point", true},
	OpGetPolicy:             {"GET", "/api/v1/workspaces/{workspace}/policies/{recipe}", true},
	OpGetProfile:            {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/profile", true},
	OpGetQueue:              {"GET", "/api/v1/system/queue", true},
	OpGetReception:          {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/reception", true},
	OpGetRecipe:             {"GET", "/api/v1/workspaces/{workspace}/recipes/{recipe}", true},
	OpGetRecommendations:    {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/recommendations", true},
	OpGetReport:             {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/results/report.html", true},
	OpGetRun:                {"GET", "/api/v1/workspaces/{workspace}/runs/{run}", true},
	OpGetRunAudit:           {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/results/audit.jsonl", true},
	OpGetRunRecipe:          {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/results/recipe.yaml", true},
	OpGetSample:             {"GET", "/api/v1/workspaces/{workspace}/samples/{name}", true},
	OpGetStatus:             {"GET", "/api/v1/status", true},
	OpGetSystemUsage:        {"GET", "/api/v1/system/usage", true},
	OpGetUpload:             {"HEAD", "/api/v1/workspaces/{workspace}/uploads/{upload}", true},
	OpGetUsage:              {"GET", "/api/v1/workspaces/{workspace}/usage", true},
	OpGetVersion:            {"GET", "/api/v1/version", true},
	OpGetWebhook:            {"GET", "/api/v1/workspaces/{workspace}/webhooks/{webhook}", true},
	OpGetWorkspace:          {"GET", "/api/v1/workspaces/{workspace}", true},
	OpListAccountSessions:   {"GET", "/api/v1/accounts/{account}/sessions", true},
	OpListAccounts:          {"GET", "/api/v1/accounts", true},
	OpListAssignments:       {"GET", "/api/v1/workspaces/{workspace}/assignments", true},
	OpListConditions:        {"GET", "/api/v1/system/conditions", true},
	OpListDatasets:          {"GET", "/api/v1/workspaces/{workspace}/datasets", true},
	OpListDeadMessages:      {"GET", "/api/v1/system/dead-messages", true},
	OpListDeadTasks:         {"GET", "/api/v1/system/dead-tasks", true},
	OpListDecisions:         {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/decisions", true},
	OpListDeliveries:        {"GET", "/api/v1/workspaces/{workspace}/webhooks/{webhook}/deliveries", true},
	OpListErasures:          {"GET", "/api/v1/workspaces/{workspace}/erasures", true},
	OpListMembers:           {"GET", "/api/v1/workspaces/{workspace}/members", true},
	OpListMyNotices:         {"GET", "/api/v1/me/notices", true},
	OpListMySessions:        {"GET", "/api/v1/me/sessions", true},
	OpListMyTokens:          {"GET", "/api/v1/me/tokens", true},
	OpListPolicies:          {"GET", "/api/v1/workspaces/{workspace}/policies", true},
	OpListRecipes:           {"GET", "/api/v1/workspaces/{workspace}/recipes", true},
	OpListRuns:              {"GET", "/api/v1/workspaces/{workspace}/runs", true},
	OpListSamples:           {"GET", "/api/v1/workspaces/{workspace}/samples", true},
	OpListTiers:             {"GET", "/api/v1/tiers", true},
	OpListVersions:          {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/versions", true},
	OpListWebhooks:          {"GET", "/api/v1/workspaces/{workspace}/webhooks", true},
	OpListWorkspaces:        {"GET", "/api/v1/workspaces", true},
	OpLookAtLink:            {"POST", "/api/v1/auth/links/look", false},
	OpMakeLink:              {"POST", "/api/v1/accounts/{account}/link", false},
	OpMakeMyToken:           {"POST", "/api/v1/me/tokens", false},
	OpMakeRemark:            {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/discussion/remarks", true},
	OpOidcArrive:            {"GET", "/api/v1/auth/oidc/{provider}/callback", true},
	OpOidcDepart:            {"GET", "/api/v1/auth/oidc/{provider}", true},
	OpPostFile:              {"POST", "/api/v1/workspaces/{workspace}/files", false},
	OpPreview:               {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/point/preview", true},
	OpPreviewReading:        {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/reception/preview", true},
	OpPutAssignment:         {"PUT", "/api/v1/workspaces/{workspace}/runs/{run}/discussion/assignments/{item}", true},
	OpPutFile:               {"PUT", "/api/v1/workspaces/{workspace}/files/{name}", true},
	OpPutMember:             {"PUT", "/api/v1/workspaces/{workspace}/members/{account}", true},
	OpPutMyNoticePreference: {"PUT", "/api/v1/me/notices/preference", true},
	OpPutPolicy:             {"PUT", "/api/v1/workspaces/{workspace}/policies/{recipe}", true},
	OpPutRecipe:             {"PUT", "/api/v1/workspaces/{workspace}/recipes/{recipe}", true},
	OpPutWebhook:            {"PUT", "/api/v1/workspaces/{workspace}/webhooks/{webhook}", true},
	OpQueryRows:             {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/versions/{version}/rows", true},
	OpRefresh:               {"POST", "/api/v1/auth/refresh", false},
	OpRemoveAccountTotp:     {"DELETE", "/api/v1/accounts/{account}/totp", true},
	OpRemoveAssignment:      {"DELETE", "/api/v1/workspaces/{workspace}/runs/{run}/discussion/assignments/{item}", true},
	OpRemoveMember:          {"DELETE", "/api/v1/workspaces/{workspace}/members/{account}", true},
	OpRemovePolicy:          {"DELETE", "/api/v1/workspaces/{workspace}/policies/{recipe}", true},
	OpRemoveRecipe:          {"DELETE", "/api/v1/workspaces/{workspace}/recipes/{recipe}", true},
	OpRemoveRemark:          {"DELETE", "/api/v1/workspaces/{workspace}/runs/{run}/discussion/remarks/{remark}", true},
	OpRemoveTotp:            {"POST", "/api/v1/me/totp/remove", true},
	OpRemoveWebhook:         {"DELETE", "/api/v1/workspaces/{workspace}/webhooks/{webhook}", true},
	OpRenewRecoveryCodes:    {"POST", "/api/v1/me/totp/recovery-codes", false},
	OpRenewRun:              {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/renew", true},
	OpReopenRun:             {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/reopen", true},
	OpReplayDeadMessage:     {"POST", "/api/v1/system/dead-messages/{seq}/replay", true},
	OpReplayDelivery:        {"POST", "/api/v1/workspaces/{workspace}/webhooks/{webhook}/deliveries/{delivery}/replay", true},
	OpRetryDeadTasks:        {"POST", "/api/v1/system/runs/{run}/retry", true},
	OpRetryRun:              {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/retry", true},
	OpRevokeMyToken:         {"DELETE", "/api/v1/me/tokens/{token}", true},
	OpRotateKeys:            {"POST", "/api/v1/system/keys/rotate", true},
	OpRotateWebhookSecret:   {"POST", "/api/v1/workspaces/{workspace}/webhooks/{webhook}/secret", false},
	OpSearchAudit:           {"GET", "/api/v1/workspaces/{workspace}/audit", true},
	OpSearchSystemAudit:     {"GET", "/api/v1/system/audit", true},
	OpSecondFactor:          {"POST", "/api/v1/auth/second-factor", false},
	OpSeeMyNotices:          {"POST", "/api/v1/me/notices/seen", true},
	OpSendBack:              {"POST", "/api/v1/workspaces/{workspace}/runs/{run}/point/send-back", true},
	OpSignIn:                {"POST", "/api/v1/auth/sign-in", false},
	OpSignInWays:            {"GET", "/api/v1/auth", true},
	OpSignOut:               {"POST", "/api/v1/auth/sign-out", false},
	OpStartBackup:           {"POST", "/api/v1/system/backup", true},
	OpStartRun:              {"POST", "/api/v1/workspaces/{workspace}/runs", true},
	OpTestWebhook:           {"POST", "/api/v1/workspaces/{workspace}/webhooks/{webhook}/test", true},
	OpUploadOptions:         {"OPTIONS", "/api/v1/workspaces/{workspace}/uploads", true},
	OpVerifyAudit:           {"GET", "/api/v1/system/audit/verification", true},
	OpWatchRun:              {"GET", "/api/v1/workspaces/{workspace}/runs/{run}/events", true},
	OpWatchWorkspace:        {"GET", "/api/v1/workspaces/{workspace}/events", true},
	OpWithdraw:              {"DELETE", "/api/v1/workspaces/{workspace}/runs/{run}/point/decisions/{item}", true},
}
