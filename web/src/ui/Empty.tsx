import { Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Says that there is nothing, why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div style={{ padding: "28px 20px", textAlign: "center" }}>
      <Text fw={560} size="sm">
        {title}
      </Text>
      {children && (
        <Text size="sm" c="dimmed" mt={4} maw={460} mx="auto">
          {children}
        </Text>
      )}
    </div>
  );
}
