import { Alert, Button, Group, NativeSelect, Progress, Stack, Text } from "@mantine/core";
import { IconFileSpreadsheet, IconUpload, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type DragEvent, type FormEvent, type ReactNode, useRef, useState } from "react";
import { api, body } from "../../api/client";
import { bytes, text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { GrowingText } from "../../ui/GrowingText";
import { useHeld } from "../account/useHeld";
import { useUsage } from "../admin/admin.query";
import { runsKey, useWorkspace } from "../home/home.query";
import { useShelf } from "../recipe/recipe.query";
import { PastedTable, PasteHere } from "./Pasted";
import { Samples } from "./Samples";
import { full, limitsOf, refusal } from "./upload.model";
import css from "./upload.module.css";
import { usePaste } from "./usePaste";
import { type UploadState, useUpload } from "./useUpload";

/** Takes a file and a goal, and starts a run with them. */
export function NewRun({ workspace }: { workspace: string }) {
  const here = useWorkspace(workspace);
  const usage = useUsage(workspace);
  const limits = limitsOf(usage.data?.limits);
  const limit = full(usage.data);
  const { state, begin, pause, resume, reset } = useUpload(workspace);
  const [typed, setGoal] = useHeld<string>(`goal.${workspace}`);
  const goal = typed ?? "";
  const [decide, setDecide] = useState<"ask" | "recommended">("ask");
  const [recipe, setRecipe] = useState("");
  const recipes = useShelf(workspace, "recipes");
  const [refused, setRefused] = useState("");
  const [field, setField] = useState(false);
  const paste = usePaste(here !== undefined && here.role !== "viewer" && state.step === "idle");
  const queries = useQueryClient();
  const go = useNavigate();
  const start = useMutation({
    mutationFn: (dataset: string) =>
      body(
        api.POST("/api/v1/workspaces/{workspace}/runs", {
          params: { path: { workspace } },
          body: { dataset, goal: goal.trim(), decide, recipe: recipe || undefined },
        }),
      ),
    onSuccess: async (run) => {
      setGoal(null);
      void queries.invalidateQueries({ queryKey: ["usage", workspace] });
      await queries.invalidateQueries({ queryKey: runsKey(workspace) });
      await go({ to: "/w/$workspace/runs/$run", params: { workspace, run: run.id } });
    },
  });
  if (here?.role === "viewer") return null;

  const why = (file: File) => {
    const is = refusal(file, limits);
    return is && text.upload.refused[is](file.name, bytes(limits.fileBytes));
  };
  const take = (file: File | undefined) => {
    if (!file) return;
    const no = why(file);
    setRefused(no);
    start.reset();
    paste.reset();
    setField(false);
    if (!no) void begin(file);
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (state.step === "sent") start.mutate(state.dataset);
  };

  return (
    <section aria-labelledby="new-run" className={`card ${css.panel}`}>
      <h2 id="new-run" className={css.head}>
        {text.upload.title}
      </h2>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {state.step === "idle" && paste.state.step === "shown" ? (
            <PastedTable
              {...paste.state}
              refused={why(paste.state.file)}
              onSend={() => paste.state.step === "shown" && take(paste.state.file)}
              onDrop={paste.reset}
            />
          ) : state.step === "idle" ? (
            <>
              <Drop onFile={take} onPaste={() => setField(true)}>
                <Samples
                  workspace={workspace}
                  onFile={(file, about) => {
                    setGoal((before) => before || about);
                    take(file);
                  }}
                />
              </Drop>
              {(field || paste.state.step === "refused") && (
                <PasteHere onPaste={paste.take} refused={paste.state.step === "refused"} />
              )}
            </>
          ) : (
            <Chosen state={state} onPause={pause} onResume={resume} onRemove={reset} />
          )}
          {refused && (
            <Text size="sm" role="alert" style={{ color: "var(--critical)" }}>
              {refused}
            </Text>
          )}
          {state.step === "failed" && <ErrorPanel error={state.problem} retry={() => begin(state.file)} />}
          <GrowingText
            label={text.upload.goal}
            description={text.upload.goalWhy}
            placeholder={text.upload.goalExample}
            name="goal"
            minRows={2}
            maxRows={6}
            maxLength={2000}
            value={goal}
            onChange={(e) => setGoal(e.currentTarget.value)}
          />
          {!!recipes.data?.length && (
            <NativeSelect
              label={text.upload.recipe}
              description={text.upload.recipeWhy}
              data={[
                { value: "", label: text.upload.noRecipe },
                ...recipes.data.map((r) => ({ value: r.id, label: r.name })),
              ]}
              value={recipe}
              onChange={(e) => setRecipe(e.currentTarget.value)}
            />
          )}
          <NativeSelect
            label={text.upload.decide}
            description={text.upload.decideWhy[decide]}
            data={[
              { value: "ask", label: text.upload.deciders.ask },
              { value: "recommended", label: text.upload.deciders.recommended },
            ]}
            value={decide}
            onChange={(e) => setDecide(e.currentTarget.value as "ask")}
          />
          <ErrorPanel error={start.error} />
          <Button type="submit" disabled={state.step !== "sent" || limit !== ""} loading={start.isPending}>
            {text.upload.start}
          </Button>
          {limit && (
            <Alert color="yellow" role="status" title={text.upload.full[limit]} p="sm">
              <Text size="sm">{text.upload.fullNext[limit]}</Text>
            </Alert>
          )}
          <Text size="xs" c="dimmed" data-testid="limits">
            {usage.data && limits.fileBytes
              ? text.upload.limited(
                  usage.data.limits.title,
                  bytes(limits.fileBytes),
                  usage.data.runs_today,
                  usage.data.limits.runs_per_day,
                  text.stage[usage.data.limits.last_stage as "insight"],
                )
              : text.upload.professional}
          </Text>
        </Stack>
      </form>
    </section>
  );
}

interface DropProps {
  onFile: (f: File | undefined) => void;
  onPaste: () => void;
  /** Other ways to a file. */
  children: ReactNode;
}

function Drop({ onFile, onPaste, children }: DropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    onFile(e.dataTransfer.files[0]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's shortcut for the button inside
    <div
      className={css.drop}
      data-over={over}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconUpload size={22} stroke={1.6} aria-hidden />
      <Text size="sm">
        {text.upload.drop}, {text.upload.pasteOr}
      </Text>
      <Group gap={8} justify="center">
        <Button variant="default" size="xs" onClick={() => input.current?.click()}>
          {text.upload.choose}
        </Button>
        <Button variant="default" size="xs" onClick={onPaste}>
          {text.upload.paste}
        </Button>
        {children}
      </Group>
      <input
        ref={input}
        type="file"
        className="hidden"
        tabIndex={-1}
        aria-label={text.upload.choose}
        data-testid="file"
        onChange={(e) => onFile(e.currentTarget.files?.[0])}
      />
      <Text size="xs" c="dimmed">
        {text.upload.formats}
      </Text>
    </div>
  );
}

interface ChosenProps {
  state: Exclude<UploadState, { step: "idle" }>;
  onPause: () => void;
  onResume: () => void;
  onRemove: () => void;
}

function Chosen({ state, onPause, onResume, onRemove }: ChosenProps) {
  const share = state.step === "sending" ? (100 * state.sent) / state.file.size : state.step === "sent" ? 100 : 0;
  return (
    <div className={css.chosen}>
      <Group gap={9} wrap="nowrap" align="flex-start">
        <IconFileSpreadsheet size={20} stroke={1.6} aria-hidden style={{ flex: "none", marginTop: 2 }} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text size="sm" fw={550} className="clip" title={state.file.name}>
            {state.file.name}
          </Text>
          <Text size="xs" c="dimmed" className="num" aria-live="polite">
            {text.upload.told(state, bytes)}
          </Text>
        </div>
        <Button variant="subtle" color="gray" size="compact-xs" onClick={onRemove} aria-label={text.upload.remove}>
          <IconX size={15} />
        </Button>
      </Group>
      {state.step !== "failed" && <Progress value={share} size={5} mt={9} aria-label={text.upload.progress} />}
      {state.step === "sending" && state.sent < state.file.size && (
        <Button variant="subtle" color="gray" size="compact-xs" mt={6} onClick={state.paused ? onResume : onPause}>
          {state.paused ? text.upload.resume : text.upload.pause}
        </Button>
      )}
    </div>
  );
}
