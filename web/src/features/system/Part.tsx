import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useMe } from "../account/account.query";
import css from "./system.module.css";

/** A part of the page of the system, under its title. */
export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={css.sub}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Something that one may have done, with what it is for. */
export function Deed(props: { lead: string; label: string; icon: ReactNode; pending: boolean; onDo: () => void }) {
  return (
    <Group gap="md">
      <Text size="sm" c="dimmed" maw={560}>
        {props.lead}
      </Text>
      <Button size="xs" variant="default" leftSection={props.icon} loading={props.pending} onClick={props.onDo}>
        {props.label}
      </Button>
    </Group>
  );
}

/** Whether one may act on the system, and not only look. */
export function useManages(): boolean {
  const role = useMe().data?.role;
  return role === "administrator" || role === "operator";
}
