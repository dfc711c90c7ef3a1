import { Button, Group, Modal, Text } from "@mantine/core";
import { IconChecks, IconFileSearch, IconListCheck, IconTargetArrow, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { text } from "../../text/text";
import css from "./tour.module.css";

const key = "analytix.tour";
const signs = [IconUpload, IconFileSearch, IconListCheck, IconTargetArrow, IconChecks];

/** Whether the tour was seen in this browser. Where nothing can be kept it is not shown: it would come back each time. */
function seen(): boolean {
  try {
    return localStorage.getItem(key) === "seen";
  } catch {
    return true;
  }
}

/** A short tour on the first run: what happens to a file, and who decides. */
export function Tour() {
  const [open, setOpen] = useState(() => !seen());
  const [at, setAt] = useState(0);
  const steps = text.tour.steps;
  const step = steps[at];
  const Icon = signs[at] ?? IconChecks;
  const end = () => {
    setOpen(false);
    try {
      localStorage.setItem(key, "seen");
    } catch {
      // It is not kept; this page does not show it again.
    }
  };
  if (!step) return null;
  return (
    <Modal opened={open} onClose={end} title={text.tour.title} size={460}>
      <div className={css.step} aria-live="polite" data-testid="tour">
        <span className={css.sign} aria-hidden>
          <Icon size={26} stroke={1.6} />
        </span>
        <h2>{step[0]}</h2>
        <Text size="sm">{step[1]}</Text>
      </div>
      <div className={css.dots} aria-hidden>
        {steps.map((s, i) => (
          <i key={s[0]} data-here={i === at} />
        ))}
      </div>
      <Group justify="space-between" mt="md">
        <Button variant="subtle" color="gray" onClick={end}>
          {text.tour.skip}
        </Button>
        <Group gap={8}>
          {at > 0 && (
            <Button variant="default" onClick={() => setAt(at - 1)}>
              {text.tour.back}
            </Button>
          )}
          <Button data-autofocus onClick={() => (at === steps.length - 1 ? end() : setAt(at + 1))}>
            {at === steps.length - 1 ? text.tour.begin : text.tour.next}
          </Button>
        </Group>
      </Group>
    </Modal>
  );
}
