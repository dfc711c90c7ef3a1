import { Badge, Radio } from "@mantine/core";
import { text } from "../../text/text";
import css from "./picker.module.css";
import type { Resolution } from "./quality.model";

interface Props {
  resolutions: Resolution[];
  value: string;
  disabled: boolean;
  onChange: (id: string) => void;
}

/** The ways to deal with an issue. */
export function ResolutionPicker({ resolutions, value, disabled, onChange }: Props) {
  if (resolutions.length === 0) return <p className="soft">{text.quality.noResolution}</p>;
  return (
    <Radio.Group value={value} onChange={onChange} aria-label={text.quality.what}>
      <div className={css.all}>
        {resolutions.map((r, i) => (
          <Radio.Card key={r.id} value={r.id} className={css.one} disabled={disabled}>
            <Radio.Indicator size="xs" disabled={disabled} />
            <span className={css.words}>
              <span className={css.label}>
                {r.label}
                {r.recommended && (
                  <Badge size="xs" variant="light" ml={8} tt="none" fw={570}>
                    {text.quality.recommended}
                  </Badge>
                )}
              </span>
              {r.why && <span className="soft">{r.why}</span>}
            </span>
            <kbd className={css.key} aria-hidden>
              {i + 1}
            </kbd>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
