import { Select } from "@mantine/core";
import { list } from "../../api/types";
import { text } from "../../text/text";
import type { Facts } from "./reception.model";

interface Props {
  /** Absent until they are known. */
  facts: Facts | undefined;
  kpi: string;
  direction: string;
  live: boolean;
  size?: "xs";
  onKpi: (kpi: string) => void;
  onDirection: (direction: string) => void;
}

/** By which column a goal is measured, and whether more of it is better. */
export function GoalFields({ facts, kpi, direction, live, size, onKpi, onDirection }: Props) {
  return (
    <>
      <Select
        size={size}
        label={text.reception.kpi}
        searchable
        limit={200}
        disabled={!live || !facts}
        data={[
          { value: "", label: text.reception.noKpi },
          ...list(facts?.columns).map((c) => ({ value: c.name, label: c.name })),
        ]}
        value={kpi}
        onChange={(v) => onKpi(v ?? "")}
      />
      <Select
        size={size}
        label={text.reception.direction}
        disabled={!live}
        data={(["", "up", "down"] as const).map((d) => ({ value: d, label: text.reception.directions[d || "none"] }))}
        value={direction}
        onChange={(v) => onDirection(v ?? "")}
      />
    </>
  );
}
