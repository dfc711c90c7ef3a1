import { Button, NativeSelect, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconExternalLink } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, authorized, body } from "../../api/client";
import { Problem, problemOf } from "../../api/problem";
import { list } from "../../api/types";
import { count, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import { useWorkspace } from "../home/home.query";
import { Decided } from "../point/Decided";
import { useSave } from "../recipe/recipe.query";
import { type RunPath, runKey, useDecisions } from "../run/run.query";
import type { StageProps } from "../run/stageProps";
import css from "./result.module.css";

/** What a run has made: files to take away, the decisions behind them, the versions of the data. */
export default function Results({ path, run }: StageProps) {
  const may = useMay(path.workspace);
  return (
    <div className={css.view}>
      <section aria-labelledby="files">
        <h2 id="files" className={css.head}>
          {text.result.files}
        </h2>
        {may("analyst") ? <Files path={path} file={run.file} /> : <Text c="dimmed">{text.result.notAllowed}</Text>}
      </section>
      <div className={css.columns}>
        <Decisions path={path} />
        <Versions path={path} />
      </div>
    </div>
  );
}

function Files({ path, file }: { path: RunPath; file: string }) {
  const at = `/api/v1/workspaces/${encodeURIComponent(path.workspace)}/runs/${encodeURIComponent(path.run)}`;
  const t = text.result;
  const extension = /\.(parquet|json|xlsx)\b/.exec(file)?.[1] ?? "csv";
  const [format, setFormat] = useState(extension);
  return (
    <ul className={`card ${css.files}`}>
      <li>
        <div>
          <strong>{t.report}</strong>
          <span className="soft">{t.reportWhy}</span>
        </div>
        <Button
          component="a"
          href={`${at}/results/report.html`}
          target="_blank"
          rel="noreferrer"
          size="xs"
          leftSection={<IconExternalLink size={15} />}
        >
          {t.open}
        </Button>
      </li>
      <li>
        <div>
          <strong>{t.data}</strong>
          <span className="soft">{t.dataWhy}</span>
        </div>
        <div className={css.pair}>
          <NativeSelect
            size="xs"
            aria-label={t.format}
            data={["csv", "parquet", "json", "xlsx"]}
            value={format}
            onChange={(e) => setFormat(e.currentTarget.value)}
          />
          <Button
            component="a"
            href={`${at}/versions/latest/download?format=${format}`}
            download
            variant="default"
            size="xs"
            leftSection={<IconDownload size={15} />}
            data-testid="download-data"
          >
            {t.download}
          </Button>
        </div>
      </li>
      {(
        [
          [t.findings, t.findingsWhy, "findings.json"],
          [t.recipe, t.recipeWhy, "recipe.yaml"],
          [t.audit, t.auditWhy, "audit.jsonl"],
        ] as const
      ).map(([name, why, f]) => (
        <li key={f}>
          <div>
            <strong>{name}</strong>
            <span className="soft">{why}</span>
          </div>
          <div className={css.pair}>
            {f === "recipe.yaml" && <KeepRecipe path={path} file={file} at={`${at}/results/${f}`} />}
            <Button
              component="a"
              href={`${at}/results/${f}`}
              download={f}
              variant="default"
              size="xs"
              leftSection={<IconDownload size={15} />}
            >
              {t.download}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Puts the recipe of the run among those of the workspace. */
function KeepRecipe({ path, file, at }: { path: RunPath; file: string; at: string }) {
  const here = useWorkspace(path.workspace);
  const save = useSave(path.workspace, "recipes");
  const keep = useMutation({
    mutationFn: async () => {
      const answer = await authorized(new Request(new URL(at, location.href)));
      if (!answer.ok) throw new Problem({ status: answer.status, ...((await answer.json()) as object) });
      return save.mutateAsync({ id: "", tag: "", name: file, text: await answer.text(), active: false });
    },
    onSuccess: (kept) => notifications.show({ message: text.recipe.kept(kept.body.name) }),
    onError: (e) => notifications.show({ message: problemOf(e).message, color: "red" }),
  });
  if (!here || here.tier === "demo") return null;
  return (
    <Button
      variant="subtle"
      size="xs"
      loading={keep.isPending}
      disabled={keep.isSuccess}
      onClick={() => keep.mutate()}
      data-testid="keep-recipe"
    >
      {text.recipe.keep}
    </Button>
  );
}

function Decisions({ path }: { path: RunPath }) {
  const all = useDecisions(path);
  const decisions = [...(all.data ?? [])].reverse();
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions" className={css.head}>
        {text.result.decisions}
      </h2>
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      {all.isPending && <Skeleton h={160} radius="lg" />}
      {all.data && decisions.length === 0 && <Empty title={text.result.noDecisions} />}
      {decisions.length > 0 && (
        <>
          <Text size="sm" c="dimmed" mb={8}>
            {text.result.decisionsWhy(decisions.length)}
          </Text>
          <ol className={`card ${css.log}`} tabIndex={0} aria-labelledby="decisions">
            {decisions.map((d) => (
              <li key={d.decision.id}>
                <span className={css.item}>
                  {text.stage[d.stage as "quality"]} ·{" "}
                  <Link
                    to="/w/$workspace/runs/$run"
                    params={path}
                    search={{ view: d.stage as "quality", item: d.decision.item }}
                  >
                    {d.title || (d.stage === "reception" ? text.result.facts : d.decision.item)}
                  </Link>
                </span>
                <Decided decision={d.decision} />
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function Versions({ path }: { path: RunPath }) {
  const all = useQuery({
    queryKey: [...runKey(path.workspace, path.run), "versions"],
    queryFn: async () =>
      list((await body(api.GET("/api/v1/workspaces/{workspace}/runs/{run}/versions", { params: { path } }))).versions),
  });
  return (
    <section aria-labelledby="versions">
      <h2 id="versions" className={css.head}>
        {text.result.versions}
      </h2>
      <ErrorPanel error={all.error} retry={() => all.refetch()} />
      {all.isPending && <Skeleton h={120} radius="lg" />}
      <ol className={css.versions}>
        {(all.data ?? []).map((v) => (
          <li key={v.id}>
            <strong>{text.result.kinds[v.kind] ?? v.kind}</strong>
            <span className="soft num">
              {v.kind === "received" ? "" : `${text.result.rows(count(v.rows))} · `}
              {moment(v.created)}
            </span>
            <code className="soft clip" title={v.content_hash}>
              {v.content_hash.slice(0, 16)}
            </code>
          </li>
        ))}
      </ol>
    </section>
  );
}
