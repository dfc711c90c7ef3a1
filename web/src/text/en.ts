// Every sentence of the application, in English. Counts are functions, so that a language with other plurals can have them.

import { admin, audit, system } from "./en.admin";
import { data } from "./en.data";
import { condition, diagnostics, erase, keys as keysOf, webhook } from "./en.instance";
import { reading } from "./en.reading";
import { corrected, firstRows } from "./en.reception";
import { recipe } from "./en.recipe";
import { together } from "./en.together";
import { upload } from "./en.upload";

const n = (count: number, one: string, many: string) => `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

const stage = {
  reception: "Reception",
  quality: "Quality",
  insight: "Insights",
  recommendation: "Recommendations",
  results: "Results",
};

export const en = {
  product: "Analytix Flow",
  loading: "Loading",
  cancel: "Cancel",
  close: "Close",
  save: "Save",
  time: { now: "just now" },

  shell: {
    skip: "Skip to the content",
    menu: "Open the menu",
    navigation: "Main",
    home: "Home",
    workspace: "Change the workspace",
    account: "Your account and how the page looks",
    scheme: "Appearance",
    schemes: { light: "Light", dark: "Dark", auto: "As the system" },
  },
  tier: { demo: "Demo", professional: "Professional" } as Record<string, string>,

  error: {
    page: "This page failed.",
    kept: (what: string) => `Kept: ${what}.`,
    next: (what: string) => `Next: ${what}.`,
    request: (id: string) => `Request ${id}`,
    retry: "Try again",
    notFound: "There is nothing here.",
    notFoundWhy: "It was removed, or it belongs to a workspace that you are not in.",
    home: "Go home",
  },

  start: {
    title: "Welcome to Analytix Flow",
    lead: "This instance has no account yet. The first one becomes its administrator.",
    noToken: "Open the link that the server showed when it started, or paste what stands behind its # here.",
    token: "Token of the link",
    go: "Create account and begin",
  },
  link: {
    title: "One-time link",
    none: "The address has no token. Open the whole link that you were given.",
    titles: { invitation: "Welcome", reset: "Set a new password" },
    leads: {
      invitation: (name: string, email: string) => `${name}, choose a password for ${email}.`,
      reset: (_name: string, email: string) => `Choose a new password for ${email}. All your sessions end.`,
    },
    go: "Set password and sign in",
  },

  account: {
    title: "Account",
    welcome: "Sign in",
    welcomeWhy: "From data that nobody quite trusts to decisions that hold.",
    notStarted: "No account exists yet",
    notStartedWhy: "Open the link that the server showed when it started.",
    name: "Name",
    email: "Mail address",
    password: "Password",
    newPassword: "New password",
    oldPassword: "Present password",
    passwordRule: "12 characters or more. A few unrelated words are good.",
    strength: "Strength of the password",
    strengths: ["Too short or too plain", "Weak", "Fair", "Good", "Strong"],
    signIn: "Sign in",
    signInWith: (name: string) => `Sign in with ${name}`,
    or: "or",
    forgotten: "Forgotten your password? An administrator can make a link with which you set a new one.",
    code: "Code",
    codeWhy: "From your authenticator, or one of your recovery codes.",
    confirm: "Confirm",
    back: "Use another account",
    again: "Your session has ended",
    againWhy: "Sign in again to go on. Everything on this page is as you left it.",
    signOut: "Sign out",
    profile: "Profile",
    profileSaved: "Saved.",
    passwordTitle: "Password",
    passwordWhy: "All your other sessions end.",
    passwordChange: "Change password",
    passwordChanged: "The password was changed.",
    factor: "Second factor",
    factorOff: "A code from an authenticator at each sign-in keeps others out, even with your password.",
    factorOn: (left: number) => `In use. ${n(left, "recovery code is", "recovery codes are")} left.`,
    factorBegin: "Set up",
    factorScan: "Scan this with your authenticator, or type the key, then enter the code that it shows.",
    factorKey: "Key",
    factorQr: "QR code for an authenticator",
    factorCodes:
      "Keep these recovery codes in a safe place. Each is good for one sign-in, and they are shown only now.",
    factorKept: "I have kept them",
    factorRemove: "Take away",
    factorMust: "This account must have a second factor before anything else.",
    sessions: "Sessions",
    sessionHere: "This one",
    sessionSeen: (when: string) => `seen ${when}`,
    sessionEnd: "End",
    sessionsEnd: "End all others",
    tokens: "API tokens",
    tokensWhy: "For programs that work in your name, with no more than the permissions that you choose.",
    tokenNone: "There are none.",
    tokenName: "Name",
    tokenScopes: "Permissions",
    tokenDays: "Good for",
    tokenMake: "Make a token",
    tokenShown: "Copy the token now. It is not shown again.",
    tokenUsed: (when: string) => `used ${when}`,
    tokenNever: "never used",
    tokenUntil: (when: string) => `until ${when}`,
    tokenRevoke: "Revoke",
    tokenRevokeOne: (name: string) => `Revoke “${name}”`,
    tokenRevokeWhat: "Programs that use it are refused from now on. This cannot be taken back.",
    tokenMay: (count: number) => n(count, "permission", "permissions"),
    tokenNameWhy: "What it is for, so that you know later which one to revoke.",
    tokenDaysOf: (days: number) => (days === 365 ? "A year" : `${days} days`),
    tokenPresets: { read: "Only read", run: "Run files", observe: "Watch the system" },
    tokenKept: "I have kept it",
  },

  home: {
    hello: (name: string) => (name ? `Hello, ${name.split(" ")[0]}` : "Hello"),
    waiting: "Waiting for you",
    nothingWaits: "Nothing waits for a decision.",
    recent: "Recent runs",
    noRuns: "No runs yet",
    noRunsWhy:
      "Drop a file, or try a sample, say what you want to reach, and start. You decide at four control points; nothing is changed without you.",
    more: "Show more",
    noWorkspace: "You are in no workspace",
    noWorkspaceWhy: "An administrator of a workspace can add you to it.",
  },

  tour: {
    title: "A short tour",
    skip: "Skip",
    back: "Back",
    next: "Next",
    begin: "Begin",
    steps: [
      [
        "You hand in a file",
        "As it is, however broken. It is encrypted and kept byte for byte; nothing ever changes it.",
      ],
      [
        "It is understood",
        "What the columns are, what a row is, what your goal means. You correct what was read wrongly.",
      ],
      [
        "You decide what is repaired",
        "Each issue shows its evidence and what a repair would change, on real rows. j and k move, a accepts, r rejects, u undoes, ? shows all keys.",
      ],
      ["You keep what matters", "Insights are tested for chance. Those that you keep become recommendations."],
      [
        "You can defend it",
        "Who decided what, when and why stays on record. Your decisions become a recipe for next month's file.",
      ],
    ] as [string, string][],
  },

  upload,

  stage,

  run: {
    statusAt: (status: string, at: "reception" | "quality" | "insight" | "recommendation") => {
      const name = stage[at];
      switch (status) {
        case "waiting":
          return `${name}: decide`;
        case "expired":
          return `${name}: deadline passed`;
        case "failed":
          return `${name}: failed`;
        case "done":
          return "Done";
        case "aborted":
          return "Ended";
        case "erased":
          return "Erased";
        default:
          return `${name}: at work`;
      }
    },
    crumbs: "Where you are",
    route: "Route of the run",
    goal: (goal: string) => `Goal: ${goal}`,
    noGoal: "No goal was given",
    more: "More about this run",
    notYet: "This stage has not begun. It follows when the control point before it is closed.",
    ready: "Ready",
    soFar: "So far",
    decided: (done: number, all: number) => (all === 1 ? "1 thing to decide" : `${done} of ${all} decided`),
    closed: (who: string) => `Closed by ${who}`,
    marks: {
      ahead: "Ahead",
      running: "At work",
      waiting: "Waits for you",
      expired: "Deadline passed",
      failed: "Failed",
      done: "Done",
      stopped: "Ended",
      skipped: "Not part of this run",
    },
    phases: {
      planning: "Planning",
      working: "At work",
      assembling: "Putting together",
      open: "Open",
      concluding: "Writing down",
      applying: "Carrying out",
      finished: "Done",
      stale: "Begins anew",
    } as Record<string, string>,
    working: (at: keyof typeof stage, phase: string) =>
      phase === "applying" || phase === "concluding"
        ? `Carrying out what was decided (${stage[at].toLowerCase()})`
        : {
            reception: "Reading the file",
            quality: "Checking the data",
            insight: "Looking for what the data says",
            recommendation: "Working out what to do",
            results: "Results",
          }[at],
    because: (why: string) => `Why this route: ${why}.`,
    planning: "The stage is being planned.",
    leave: "You can leave this page. The run stops by itself at the next control point and waits.",
    handlers: {
      "reception.parse": "Read the file",
      "reception.profile": "Profile each column",
      "reception.context": "Work out the context",
      "quality.completeness": "Completeness",
      "quality.formats": "Formats and types",
      "quality.text": "Texts and spellings",
      "quality.structure": "Structure",
      "quality.uniqueness": "Uniqueness",
      "quality.dependencies": "Dependencies",
      "quality.outliers": "Outliers",
      "quality.consolidate": "Put issues together",
      "insight.groups": "Compare groups",
      "insight.time": "Follow over time",
      "insight.relations": "Look for relations",
      "insight.select": "Correct for chance, rank",
      "insight.more": "Look for more of what was asked for",
      "recommendation.actions": "Work out actions",
    } as Record<string, string>,
    stopped: {
      failed: "The run stopped at a failure",
      expired: "The deadline of the control point has passed",
      aborted: "The run was ended",
      erased: "The run was erased",
    },
    refused: "The file cannot be worked on",
    kept: {
      failed: "Kept: the file as received, and everything from the stages before this one.",
      expired: "Kept: everything that was found, and the decisions taken so far.",
      aborted: "Kept: the file as received, and everything that was made before the end.",
      erased: "Kept: who decided what and when, as a chain of hashes, and the proof of the erasure.",
    },
    nextStep: {
      failed: "Next: try again. The run takes up the work where it stopped.",
      expired: "Next: give the control point new time, or end the run.",
      aborted: "Next: start a new run with the file when you need it.",
      erased: "Next: receive the file anew, where it is needed again.",
    },
    refusedNext: "Next: correct the file at its source and start a new run with it.",
    retry: "Try again",
    renew: "Give it new time",
    abort: "End this run",
    abortWhat: "The run ends for good. What it made is kept and can still be read.",
    abortWhy: "Why, for the record",
    reopen: "Open an earlier control point again",
    reopenWhat:
      "The run goes back to it, with the decisions taken there. What came after is made anew; the record keeps both.",
    reopenStage: "Control point",
  },

  point: {
    bar: "Control point",
    of: (all: number) => `of ${all} decided`,
    goOn: "Go on",
    notYet: "Not yet",
    viewer: "Your role may look here, not decide. An administrator of the workspace can change that.",
    confirmTitle: "Close this control point?",
    rest: (left: number) => `${n(left, "item is", "items are")} not decided and will be left alone, on record.`,
    nothingChanges: "Nothing is changed.",
    next: {
      reception: "Next, the data is checked against what stands here. You can come back.",
      quality: "Next, what you accepted is carried out, cell by cell, as a new version. You can come back.",
      insight: "Next, recommendations are drawn from the insights that you kept. You can come back.",
      recommendation: "This is the last control point. The results are written next.",
    },
    conflict: "Somebody else decided in the meantime",
    notTaken: (count: number) => (count === 1 ? "A decision was not taken" : `${count} decisions were not taken`),
    conflictWhy: (count: number) =>
      `${count === 1 ? "Yours was" : `${count} of yours were`} not taken. What stands now is shown; look at it and decide anew if you see it otherwise.`,
    conflictSeen: "I have seen it",
    lastNotTaken:
      "Something that you decided was not taken, so the control point was not closed. Look at what stands, then close.",
    undo: "Undo",
    reason: "Reason",
    reasonWhy: "Goes on record with the decision. Optional.",
    choices: {
      accept: "Accepted",
      edit: "Accepted with changes",
      partial: "Accepted for chosen rows",
      reject: "Rejected",
      leave: "Left alone",
    },
    acts: {
      accept: "Accept",
      edit: "Accept as edited",
      partial: "Accept for chosen rows",
      reject: "Reject",
      leave: "Leave",
    },
    leaveWhy: "Change nothing and take no position",
    by: (who: string, kind: string) => (kind === "person" ? `by ${who}` : `by ${kind} ${who}`),
  },

  reception: {
    noGrain: "What one row is could not be told",
    size: (rows: string, columns: string) => `${rows} rows, ${columns} columns`,
    domain: (d: string) => `about ${d}`,
    key: (k: string) => `key: ${k}`,
    time: (t: string) => `time: ${t}`,
    delimiter: (d: string) => `delimiter ${d === "\t" ? "tab" : d === " " ? "blank" : d}`,
    header: "First row holds the names",
    noHeader: "No row of names",
    preamble: (lines: number) => n(lines, "line before the table", "lines before the table"),
    problem: (kind: string, count: number) => `${kind}: ${count.toLocaleString("en-GB")}`,
    goal: "Reading of the goal",
    kpi: "Measured by",
    noKpi: "Not measured by a column",
    direction: "Better is",
    directions: { none: "Not known", up: "More", down: "Less" },
    columns: (count: string) => `Columns (${count})`,
    search: "Find a column",
    heads: ["Column", "Type", "Role", "Meaning", "Missing", "Distinct", "Examples"],
    behind: (name: string, column: string, shown: string) => `${name} in ${column}: ${shown}. To the column's profile`,
    typeOf: (c: string) => `Type of ${c}`,
    roleOf: (c: string) => `Role of ${c}`,
    asRead: "Nothing is corrected.",
    corrections: (count: number) => n(count, "correction", "corrections"),
    unsent: (count: number) =>
      `The control point of reception was closed before ${n(count, "correction of yours was sent", "corrections of yours were sent")}`,
    said: (part: string, value: string) =>
      `${{ kpi: "measured by", direction: "better is" }[part] ?? part} ${value || "none"}`,
    unsentMore: (more: number) => `; and ${more.toLocaleString("en-GB")} more`,
    unsentNext:
      "The run went on without. To correct it after all, have the control point opened again (menu at the right).",
    unsentDrop: "Drop",
    accept: "Accept and go on",
    acceptCorrected: "Correct and go on",
    again: "Read the file otherwise",
    againWhy: "The stage begins anew from the file as it was received. Nothing of it is lost.",
    readAgain: "Read again",
    delimiterLabel: "Delimiter",
    comma: "Comma",
    semicolon: "Semicolon",
    tab: "Tab",
    pipe: "Vertical bar",
    encoding: "Encoding",
    asFound: (e: string) => (e ? `As found (${e})` : "As found"),
    headerLabel: "Names of the columns",
    skip: "Lines to skip",
    skipWhy: "Before the table begins. Empty: as found.",
  },

  severity: { critical: "Critical", high: "High", medium: "Medium", low: "Low", info: "Info" },

  quality: {
    list: "Issues",
    search: "Search issues",
    clear: "Clear the search",
    severity: "Severity",
    anySeverity: "Any severity",
    state: "Decided or not",
    states: { all: "All", open: "Open", decided: "Decided" },
    sort: "Order",
    sorts: { severity: "By severity", cells: "By cells", confidence: "By confidence" },
    showing: (shown: number, all: number) =>
      shown === all ? n(all, "issue", "issues") : `${shown} of ${n(all, "issue", "issues")}`,
    noneShown: "No issue fits",
    noneShownWhy: "Change the filter or the search.",
    clean: "Nothing is wrong with the data",
    cleanWhy: "All checks ran and found nothing.",
    choose: "Choose an issue",
    back: "All issues",
    wholeRows: "whole rows",
    cells: (count: number, written: string) => `${written} ${count === 1 ? "cell" : "cells"}`,
    confident: (p: string) => `${p} confident`,
    confidenceWhy: "How sure the check is that this is an error, after everything that speaks against it.",
    extent: (cells: string, nc: number, rows: string, nr: number) =>
      `${cells} ${nc === 1 ? "cell" : "cells"} in ${rows} ${nr === 1 ? "row" : "rows"}`,
    what: "What to do",
    recommended: "Recommended",
    noResolution: "There is nothing to apply here: reject it, or leave it.",
    changes: (issues: number, cells: string, nc: number) =>
      issues === 0 ? "Nothing changes yet." : `Changes ${cells} ${nc === 1 ? "cell" : "cells"}.`,
    bulk: (count: number, short: boolean, filtered: boolean) =>
      short ? `Accept ${count}` : `Accept ${count} recommended${filtered ? " of those shown" : ""}`,
    bulkMore: "More for all at once",
    bulkOthers: {
      reject: (count: number, filtered: boolean) =>
        `Reject ${filtered ? "those shown" : "all"} that are open (${count})`,
      leave: (count: number, filtered: boolean) => `Leave ${filtered ? "those shown" : "all"} that are open (${count})`,
    },
    bulkTook: {
      reject: (count: number) => `${n(count, "issue", "issues")} rejected.`,
      leave: (count: number) => `${n(count, "issue", "issues")} left.`,
    },
    bulkDone: (count: number) => `${n(count, "recommendation", "recommendations")} accepted.`,
  },

  params: {
    names: {
      map: "What becomes what",
      values: "Texts",
      formats: "Formats that are read",
      to: "Written as",
      value: "Value",
      where: "Where",
      low: "Lower limit",
      high: "Upper limit",
    } as Record<string, string>,
    edit: "Edit how it is done",
    show: "Show how it is done",
    becomes: (key: string) => `${key} becomes`,
    missing: "missing",
    out: "Leave out",
    leaveOut: (key: string) => `Leave ${key} out`,
    more: (count: number) => `Show ${count} more`,
    onePerLine: "One a line",
    notJson: "This cannot be read. The value before stays.",
    edited: "Edited.",
    reset: "Back to what was proposed",
  },

  preview: {
    title: "Before and after",
    moreColumns: (count: number) =>
      `${n(count, "more column changes", "more columns change")}: those with most changes are shown.`,
    sum: (cells: string, nc: number, rows: string, nr: number, removed: number) =>
      removed > 0
        ? `${n(removed, "row is", "rows are")} removed.`
        : nc === 0
          ? "No cell changes."
          : `${cells} ${nc === 1 ? "cell changes" : "cells change"} in ${rows} ${nr === 1 ? "row" : "rows"}.`,
    table: "Rows before and after",
    row: "Row",
    pick: "Apply to this row",
    pickRow: (row: number) => `Apply to row ${row}`,
    more: "Show more rows",
    missing: "missing",
    examples: "Cells concerned",
    spreadOf: (column: string) => `${column}: most frequent values`,
    fromTo: (before: string, after: string) => (before === after ? before : `${before} → ${after}`),
  },

  more: (count: number) => `${count.toLocaleString("en-GB")} more`,
  partly: {
    open: (count: number) => `${n(count, "thing", "things")} not looked at, or in part`,
    title: "What was not looked at, or only in part",
  },
  evidence: {
    title: "Evidence",
    query: "Show the query",
    queryWhy: "It runs as it stands on a table named data that holds this version of the data.",
    queries: "Show the queries",
    queriesWhy: "Each runs as it stands on a table named data that holds this version of the data.",
    copy: "Copy the query",
    copyOf: (numbers: string) => `Copy the query: ${numbers}`,
    copied: "Copied",
  },

  keys: {
    title: "Keys",
    all: [
      ["j k", "Next and previous"],
      ["a", "Accept what is chosen"],
      ["r", "Reject"],
      ["l", "Leave alone"],
      ["u", "Undo the decision"],
      ["1 9", "Choose what to do"],
      ["e", "Edit the parameters"],
      ["c", "Say something about it"],
      ["/", "Search"],
      ["Enter", "Close the control point"],
      ["?", "This help"],
    ] as [string, string][],
  },

  insight: {
    reading: (kpi: string, direction: string) =>
      kpi ? `The goal is measured by ${kpi}; better is: ${direction}.` : "No column measures the goal.",
    otherwise: "Read the goal otherwise",
    otherwiseWhy:
      "The stage looks again, for what the data says about the goal as you read it. What was decided here is set aside, on record.",
    lookAgain: "Look again",
    lead: (goal: string, count: number, tests: string) =>
      `${n(count, "thing", "things")} the data says${goal ? ` about “${goal}”` : ""}, out of ${tests} statistical tests. The chance of a false alarm is corrected for all of them.`,
    none: "The data says nothing that is more than chance",
    noneWhy: "That is an answer too. Go on, or go back and correct what the columns mean.",
    effect: "Strength",
    sure: "Certainty",
    relevance: "On the goal",
    strengths: { large: "Strong", medium: "Moderate", small: "Weak", tiny: "Very weak" },
    chances: {
      almost: "Practically no chance of a false alarm",
      very: "Very unlikely a false alarm",
      likely: "Unlikely a false alarm",
      weak: "May be chance",
    },
    interval: (low: string, high: string) => `95%: ${low} to ${high}`,
    keep: "Keep",
    dismiss: "Dismiss",
    dismissWhy: "Why? Goes on record. Optional.",
    more: "More like this",
    moreLike: { kind: "Of the same kind", columns: "About the same columns" },
    askedFor: "More that was asked for",
    asked: (like: "kind" | "columns", found: number) => {
      const what = like === "kind" ? "of this kind" : "about these columns";
      return found === 0
        ? `Nothing further ${what} is more than chance.`
        : `${n(found, "more insight", "more insights")} ${what}, at the end of the page.`;
    },
    keepAll: (count: number) => `Keep all ${count}`,
    kept: (count: number) => `${n(count, "insight", "insights")} kept.`,
    chartOf: (title: string) => `Chart: ${title}`,
    noChart: "The chart cannot be drawn. The query behind it gives its numbers.",
  },

  action: {
    none: "Nothing is recommended",
    noneWhy: "No insight that was kept calls for an action.",
    restsOn: "Rests on",
    impact: "Impact",
    confidence: "Confidence",
    effort: "Effort",
    efforts: { 1: "Small", 2: "Medium", 3: "Large" },
    due: "Until",
    dueKey: "The day by which it is to be done (d)",
    dueOn: (day: string) => `due ${day}`,
    overdue: "overdue",
    take: "Take on",
    drop: "Not for us",
    taken: (count: number) => `${n(count, "action", "actions")} taken on.`,
    finish: "Finish the run",
  },

  data,
  recipe,
  audit,
  admin,
  system,
  webhook,
  erase,
  keysOf,
  condition,
  diagnostics,
  reading,
  together,
  firstRows,
  corrected,

  result: {
    facts: "What the file is",
    files: "Files",
    report: "Report",
    reportWhy: "Everything found and decided, in one page that opens offline",
    data: "Cleaned data",
    dataWhy: "In the order of the rows as received",
    original: "File as received",
    originalWhy: "Byte for byte",
    findings: "Findings",
    findingsWhy: "All evidence, for programs",
    recipe: "Recipe",
    recipeWhy: "Your decisions, to be replayed on the next file",
    audit: "Audit",
    auditWhy: "What happened, chained so that nothing can be altered unnoticed",
    open: "Open",
    download: "Download",
    format: "Format",
    decisions: "Decisions",
    decisionsWhy: (count: number) => `${n(count, "decision was", "decisions were")} taken, the latest first.`,
    noDecisions: "No decision was taken yet.",
    superseded: "replaced later",
    versions: "Versions of the data",
    kinds: { received: "As received", parsed: "As read", cleaned: "Cleaned" } as Record<string, string>,
    rows: (count: string) => `${count} rows`,
    notAllowed: "Your role may look at results but not download them.",
  },
};
