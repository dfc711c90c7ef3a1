import { Button, Group, NumberInput, Switch, TextInput } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useState } from "react";
import { text, words } from "../../text/text";
import { GrowingText } from "../../ui/GrowingText";
import { type Field, fieldsOf, readable } from "./params.model";
import css from "./params.module.css";

interface Props {
  params: Record<string, unknown>;
  edited: boolean;
  disabled: boolean;
  onChange: (params: Record<string, unknown>) => void;
  onReset: () => void;
}

/** The parameters of a resolution, to be changed before it is taken. */
export function ParamsEditor({ params, edited, disabled, onChange, onReset }: Props) {
  const fields = fieldsOf(params);
  const [more, setMore] = useState(false);
  const [open, setOpen] = useState(edited);
  if (fields.length === 0) return null;
  const set = (name: string, value: unknown) => onChange({ ...params, [name]: value });
  if (!open) {
    return (
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        mt={6}
        leftSection={<IconAdjustments size={14} />}
        onClick={() => setOpen(true)}
        data-edit-open
      >
        {disabled ? text.params.show : text.params.edit}
      </Button>
    );
  }
  return (
    <div className={css.params} data-edit>
      {fields.map((f) => (
        <FieldEditor
          key={f.name}
          field={f}
          disabled={disabled}
          more={more}
          onMore={() => setMore(true)}
          onChange={(v) => set(f.name, v)}
        />
      ))}
      {edited && !disabled && (
        <Group gap={8}>
          <span className="soft" style={{ fontSize: 12.5 }}>
            {text.params.edited}
          </span>
          <Button size="compact-xs" variant="subtle" onClick={onReset}>
            {text.params.reset}
          </Button>
        </Group>
      )}
    </div>
  );
}

interface FieldProps {
  field: Field;
  disabled: boolean;
  more: boolean;
  onMore: () => void;
  onChange: (value: unknown) => void;
}

function FieldEditor({ field: f, disabled, more, onMore, onChange }: FieldProps) {
  const label = text.params.names[f.name as "map"] ?? words(f.name);
  switch (f.kind) {
    case "text":
      return (
        <TextInput
          size="xs"
          label={label}
          value={f.value}
          disabled={disabled}
          onChange={(e) => onChange(e.currentTarget.value)}
        />
      );
    case "number":
      return (
        <NumberInput
          size="xs"
          label={label}
          value={f.value}
          disabled={disabled}
          onChange={(v) => typeof v === "number" && onChange(v)}
        />
      );
    case "flag":
      return (
        <Switch
          size="xs"
          label={label}
          checked={f.value}
          disabled={disabled}
          onChange={(e) => onChange(e.currentTarget.checked)}
        />
      );
    case "list":
      return (
        <GrowingText
          size="xs"
          label={label}
          description={text.params.onePerLine}
          minRows={1}
          maxRows={6}
          value={f.value.join("\n")}
          disabled={disabled}
          onChange={(e) => onChange(e.currentTarget.value.split("\n"))}
        />
      );
    case "map":
      return (
        <MapEditor label={label} value={f.value} disabled={disabled} more={more} onMore={onMore} onChange={onChange} />
      );
    case "json":
      return <JsonEditor label={label} value={f.value} disabled={disabled} onChange={onChange} />;
  }
}

const few = 8;

interface MapProps extends Omit<FieldProps, "field"> {
  label: string;
  value: Record<string, string>;
}

function MapEditor({ label, value, disabled, more, onMore, onChange }: MapProps) {
  const all = Object.entries(value);
  const shown = more ? all : all.slice(0, few);
  return (
    <div>
      <div className={css.label}>{label}</div>
      <div className={css.map}>
        {shown.map(([key, to]) => (
          <div key={key} className={css.pair}>
            <span className="mono clip" title={readable(key)}>
              {readable(key)}
            </span>
            <span aria-hidden className="soft">
              →
            </span>
            <TextInput
              size="xs"
              aria-label={text.params.becomes(readable(key))}
              placeholder={text.params.missing}
              value={to}
              disabled={disabled}
              onChange={(e) => onChange({ ...value, [key]: e.currentTarget.value })}
            />
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              disabled={disabled || all.length < 2}
              onClick={() => onChange(Object.fromEntries(all.filter(([k]) => k !== key)))}
              aria-label={text.params.leaveOut(readable(key))}
            >
              {text.params.out}
            </Button>
          </div>
        ))}
      </div>
      {shown.length < all.length && (
        <Button size="compact-xs" variant="subtle" onClick={onMore} mt={4}>
          {text.params.more(all.length - shown.length)}
        </Button>
      )}
    </div>
  );
}

function JsonEditor({
  label,
  value,
  disabled,
  onChange,
}: {
  label: string;
  value: unknown;
  disabled: boolean;
  onChange: (v: unknown) => void;
}) {
  const [draft, setDraft] = useState(() => JSON.stringify(value));
  const [wrong, setWrong] = useState(false);
  const done = () => {
    try {
      const v = JSON.parse(draft) as unknown;
      setWrong(false);
      if (JSON.stringify(v) !== JSON.stringify(value)) onChange(v);
    } catch {
      setWrong(true);
    }
  };
  return (
    <GrowingText
      size="xs"
      label={label}
      minRows={1}
      maxRows={8}
      disabled={disabled}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      value={draft}
      error={wrong && text.params.notJson}
      onChange={(e) => setDraft(e.currentTarget.value)}
      onBlur={done}
    />
  );
}
