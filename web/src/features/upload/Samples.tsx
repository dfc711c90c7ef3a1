import { Button, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api, body } from "../../api/client";
import { list, type Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import css from "./upload.module.css";

interface Props {
  workspace: string;
  onFile: (file: File, goal: string) => void;
}

/** Tables for whoever has none at hand: what is chosen is sent as any other file. */
export function Samples({ workspace, onFile }: Props) {
  const [open, panel] = useDisclosure(false);
  const id = useId();
  const samples = useQuery({
    queryKey: ["samples", workspace],
    queryFn: () => body(api.GET("/api/v1/workspaces/{workspace}/samples", { params: { path: { workspace } } })),
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const fetched = useMutation({
    mutationFn: (s: Schemas["Sample"]) =>
      body(
        api.GET("/api/v1/workspaces/{workspace}/samples/{name}", {
          params: { path: { workspace, name: s.name } },
          parseAs: "blob",
        }),
      ),
    onSuccess: (data, s) => onFile(new File([data as unknown as Blob], s.file, { type: "text/csv" }), s.goal),
  });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        loading={fetched.isPending}
        onClick={panel.toggle}
        aria-expanded={open}
        aria-controls={id}
      >
        {text.upload.sample}
      </Button>
      {open && (
        <ul className={css.samples} id={id} aria-label={text.upload.sample}>
          {samples.isPending && <li>{text.loading}</li>}
          {list(samples.data?.samples).map((s) => (
            <li key={s.name}>
              <UnstyledButton
                className={css.sample}
                onClick={() => {
                  panel.close();
                  fetched.mutate(s);
                }}
              >
                <Text size="sm" fw={550}>
                  {s.title}
                </Text>
                <Text size="xs" c="dimmed">
                  {s.about}
                </Text>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      <ErrorPanel error={samples.error ?? fetched.error} />
    </>
  );
}
