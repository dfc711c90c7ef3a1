import { Kbd, Modal } from "@mantine/core";
import { text } from "../../text/text";
import css from "./quality.module.css";

/** The keys of the triage. */
export function KeyHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={text.keys.title} size="sm">
      <dl className={css.keys}>
        {text.keys.all.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.split(" ").map((k) => (
                <Kbd key={k} size="sm">
                  {k}
                </Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
