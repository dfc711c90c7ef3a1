import { Modal, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schemas } from "../api/types";
import { text, words } from "../text/text";
import css from "./partly.module.css";

/** What was not looked at, or only in part, and why: nobody should take silence for the absence of errors. */
export function Partly({ skipped }: { skipped: Schemas["Skipped"][] }) {
  const [open, show] = useDisclosure(false);
  if (skipped.length === 0) return null;
  return (
    <>
      <UnstyledButton className={css.open} onClick={show.open} data-testid="partly">
        {text.partly.open(skipped.length)}
      </UnstyledButton>
      <Modal opened={open} onClose={show.close} title={text.partly.title} size="lg">
        <ul className={css.all}>
          {skipped.map((s) => (
            <li key={`${s.check} ${s.why}`}>
              <strong>{words(s.check)}</strong>
              <span className="wrap">{s.why}</span>
            </li>
          ))}
        </ul>
      </Modal>
    </>
  );
}
