import { Progress as Bar, Text, Title } from "@mantine/core";
import { list } from "../../api/types";
import { text, words } from "../../text/text";
import type { Update } from "./events";
import { tasksOf } from "./progress.model";
import type { Run, Stop } from "./run.model";
import css from "./run.module.css";

/** What runs at this moment, how far it is, and why this stage does what it does. */
export function Progress({ run, stop, live }: { run: Run; stop: Stop; live: Record<string, Update> }) {
  const tasks = tasksOf(stop, list(run.progress), live);
  return (
    <section className={css.progress} aria-labelledby="progress">
      <Title order={2} size={16} id="progress">
        {text.run.working(stop.stage, stop.phase)}
      </Title>
      <Text size="sm" c="dimmed" mt={4} maw={640}>
        {stop.why ? text.run.because(stop.why) : text.run.planning}
      </Text>
      <ul className={css.tasks} aria-live="off">
        {tasks.map((t) => (
          <li key={t.name} className={css.task}>
            <span className="clip">
              {text.run.handlers[t.name as "reception.parse"] ?? words(t.name.replace(/^[^.]*\./, ""))}
            </span>
            <Bar value={t.fraction * 100} size={5} aria-label={t.name} />
            <span className="soft clip">{t.sentence}</span>
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" mt="md">
        {text.run.leave}
      </Text>
    </section>
  );
}
