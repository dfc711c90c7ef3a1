import { Badge, Button, Skeleton, Title } from "@mantine/core";
import { IconEraser } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { list, type Schemas } from "../../api/types";
import { ago, bytes, moment, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Status } from "../../ui/Status";
import { useMay } from "../account/may";
import { EraseDialog } from "../erase/EraseDialog";
import { Erasures } from "../erase/Erasures";
import { useRuns } from "../home/home.query";
import { useDatasets } from "./data.query";
import css from "./datasets.module.css";

/** The files that were received, with the runs on each. */
export function DatasetsPage() {
  const { workspace } = useParams({ from: "/signed-in/w/$workspace/data" });
  const files = useDatasets(workspace);
  const runs = useRuns(workspace, "");
  const all = files.data?.pages.flatMap((p) => list(p.datasets)) ?? [];
  const may = useMay(workspace);
  const [erasing, setErasing] = useState<Schemas["Dataset"] | null>(null);
  const of = (dataset: string) =>
    (runs.data?.pages.flatMap((p) => list(p.runs)) ?? []).filter((r) => r.dataset === dataset);
  return (
    <div className="page">
      <Title order={1} size={22} mb="xs">
        {text.data.files}
      </Title>
      <p className="soft" style={{ margin: "0 0 18px", fontSize: 13 }}>
        {text.data.filesWhy}
      </p>
      <ErrorPanel error={files.error} retry={() => files.refetch()} />
      {files.isPending && <Skeleton h={180} radius="lg" role="status" aria-label={text.loading} />}
      {files.data && all.length === 0 && (
        <div className="card">
          <Empty title={text.data.noFiles}>{text.data.noFilesWhy}</Empty>
        </div>
      )}
      {all.length > 0 && (
        <ul className={`card ${css.list}`}>
          {all.map((d) => (
            <File
              key={d.id}
              file={d}
              runs={of(d.id)}
              workspace={workspace}
              onErase={may("steward") && d.status !== "erased" ? () => setErasing(d) : undefined}
            />
          ))}
        </ul>
      )}
      <Erasures workspace={workspace} may={may("steward")} />
      {erasing && (
        <EraseDialog
          workspace={workspace}
          dataset={erasing.id}
          name={erasing.name}
          runs={of(erasing.id).length}
          onClose={() => setErasing(null)}
        />
      )}
      {files.hasNextPage && (
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          mt={8}
          loading={files.isFetchingNextPage}
          onClick={() => files.fetchNextPage()}
        >
          {text.home.more}
        </Button>
      )}
    </div>
  );
}

function File({
  file,
  runs,
  workspace,
  onErase,
}: {
  file: Schemas["Dataset"];
  runs: Schemas["RunSummary"][];
  workspace: string;
  onErase?: () => void;
}) {
  return (
    <li className={css.file}>
      <div className={css.what}>
        <strong className="clip" title={file.name}>
          {file.name}
        </strong>
        <span className="soft num">
          {bytes(file.received)} · <time title={moment(file.created)}>{ago(file.created)}</time>
          {file.status !== "received" && (
            <Badge size="xs" variant="light" color="gray" ml={8} tt="none">
              {text.data.statuses[file.status]}
            </Badge>
          )}
        </span>
        {file.sha256 && (
          <code className="soft clip" title={text.data.hash}>
            {file.sha256.slice(0, 24)}
          </code>
        )}
        {onErase && (
          <span className={css.erase}>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconEraser size={13} />}
              onClick={onErase}
              aria-label={text.erase.ask(file.name)}
            >
              {text.erase.title}
            </Button>
          </span>
        )}
      </div>
      <ul className={css.runs}>
        {runs.map((r) => (
          <li key={r.id}>
            <Link to="/w/$workspace/runs/$run" params={{ workspace, run: r.id }} className={css.run}>
              <Status status={r.status} stage={r.stage} />
              <span className="clip">{r.goal || text.run.noGoal}</span>
            </Link>
            {r.status !== "erased" && (
              <Link to="/w/$workspace/runs/$run/data" params={{ workspace, run: r.id }} className={css.look}>
                {text.data.look}
              </Link>
            )}
          </li>
        ))}
        {runs.length === 0 && <li className="soft">{text.data.noRun}</li>}
      </ul>
    </li>
  );
}
