import { Button, Group, Select } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { list } from "../../api/types";
import { ago, text, words } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useRuns } from "../home/home.query";
import { useIssues } from "../quality/quality.query";
import css from "./recipe.module.css";
import { useDryRun } from "./recipe.query";

/** What the text would decide on a run, without deciding it. */
export function DryRun({ workspace, text: body }: { workspace: string; text: string }) {
  const runs = useRuns(workspace, "");
  const known = (runs.data?.pages.flatMap((p) => list(p.runs)) ?? []).filter((r) => r.stage !== "reception");
  const [run, setRun] = useState<string | null>(null);
  const chosen = run ?? known[0]?.id ?? null;
  const dry = useDryRun(workspace);
  return (
    <section className={css.dry} aria-labelledby="dry-run">
      <h2 id="dry-run">{text.recipe.dry}</h2>
      <p className="soft">{text.recipe.dryWhy}</p>
      {runs.data && known.length === 0 ? (
        <Empty title={text.recipe.dryNone}>{text.recipe.dryNoneWhy}</Empty>
      ) : (
        <Group gap={8} align="flex-end">
          <Select
            label={text.recipe.dryRun}
            data={known.map((r) => ({ value: r.id, label: `${r.file} · ${ago(r.updated)}` }))}
            value={chosen}
            onChange={(v) => {
              setRun(v);
              dry.reset();
            }}
            style={{ flex: 1, minWidth: 200 }}
          />
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={15} />}
            disabled={!chosen}
            loading={dry.isPending}
            onClick={() => chosen && dry.mutate({ text: body, run: chosen })}
            data-testid="dry-run"
          >
            {text.recipe.dryGo}
          </Button>
        </Group>
      )}
      <ErrorPanel error={dry.error} />
      {dry.data && chosen && (
        <Told workspace={workspace} run={chosen} decided={list(dry.data.decisions)} fresh={list(dry.data.new)} />
      )}
    </section>
  );
}

interface ToldProps {
  workspace: string;
  run: string;
  decided: { item: string; choice: string; reason?: string }[];
  fresh: { item: string; why: string }[];
}

function Told({ workspace, run, decided, fresh }: ToldProps) {
  const issues = useIssues({ workspace, run });
  const title = (item: string) => issues.data?.issues.find((i) => i.id === item)?.title ?? item;
  return (
    <div aria-live="polite" data-testid="dry-told">
      <p className={css.sum}>{text.recipe.drySum(decided.length, fresh.length)}</p>
      <ul className={`card ${css.told}`} tabIndex={0} aria-label={text.recipe.dry}>
        {decided.map((d) => (
          <li key={d.item}>
            <strong>{text.point.choices[d.choice as "accept"] ?? words(d.choice)}</strong>
            <span className="wrap">{title(d.item)}</span>
          </li>
        ))}
        {fresh.map((n) => (
          <li key={n.item}>
            <span className="soft">{text.recipe.asks}</span>
            <span className="wrap">
              {title(n.item)} <span className="soft">({n.why})</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
