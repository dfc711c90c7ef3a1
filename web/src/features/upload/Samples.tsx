import { Button, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { list, type Schemas } from "../../api/types";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";

interface Props {
  workspace: string;
  onFile: (file: File, goal: string) => void;
}

/** Tables for whoever has none at hand: what is chosen is sent as any other file. */
export function Samples({ workspace, onFile }: Props) {
  const [open, menu] = useDisclosure(false);
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
      <Menu opened={open} onChange={menu.toggle} width={290} position="bottom" shadow="md">
        <Menu.Target>
          <Button variant="default" size="xs" loading={fetched.isPending}>
            {text.upload.sample}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {samples.isPending && <Menu.Label>{text.loading}</Menu.Label>}
          {list(samples.data?.samples).map((s) => (
            <Menu.Item key={s.name} onClick={() => fetched.mutate(s)}>
              <Text size="sm" fw={550}>
                {s.title}
              </Text>
              <Text size="xs" c="dimmed">
                {s.about}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ErrorPanel error={samples.error ?? fetched.error} />
    </>
  );
}
