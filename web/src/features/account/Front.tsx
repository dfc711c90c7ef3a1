import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Brand } from "../../ui/Brand";
import css from "./front.module.css";

/** The frame of the pages in front of the door: signing in, first start, one-time links. */
export function Front({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <main className={css.frame}>
      <div className={css.box}>
        <div className={css.brand}>
          <Brand />
        </div>
        <Stack gap={4} mb="lg">
          <Title order={1} size={22}>
            {title}
          </Title>
          {lead && (
            <Text size="sm" c="dimmed">
              {lead}
            </Text>
          )}
        </Stack>
        {children}
      </div>
    </main>
  );
}
