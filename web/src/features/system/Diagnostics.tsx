import { IconDownload } from "@tabler/icons-react";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { Deed, Part, useManages } from "./Part";
import css from "./system.module.css";
import { useDiagnostics } from "./system.query";

/** A file for those who help an operator. */
export function Diagnostics() {
  const bundle = useDiagnostics();
  if (!useManages()) return null;
  return (
    <Part id="diagnostics" title={text.diagnostics.title}>
      <Deed
        lead={text.diagnostics.lead}
        label={text.diagnostics.get}
        icon={<IconDownload size={15} />}
        pending={bundle.isPending}
        onDo={() => bundle.mutate()}
      />
      <ErrorPanel error={bundle.error} />
      {bundle.data && (
        <p className={css.intact} role="status">
          {text.diagnostics.ready(bundle.data)}
        </p>
      )}
    </Part>
  );
}
