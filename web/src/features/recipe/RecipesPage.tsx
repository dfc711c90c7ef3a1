import { Badge, Button, SegmentedControl, Skeleton, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { Schemas } from "../../api/types";
import { ago, text } from "../../text/text";
import { Empty } from "../../ui/Empty";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { useMay } from "../account/may";
import { useWorkspace } from "../home/home.query";
import { Editor } from "./Editor";
import { contents } from "./recipe.model";
import css from "./recipe.module.css";
import { type Kind, useKept, useShelf } from "./recipe.query";

const from = "/signed-in/w/$workspace/recipes";

/** What decides in the place of people: recipes, which replay decisions, and policies, which take them. */
export function RecipesPage() {
  const { workspace } = useParams({ from });
  const { kind = "recipes", id } = useSearch({ from });
  const go = useNavigate({ from: "/w/$workspace/recipes" });
  const may = useMay(workspace);
  const here = useWorkspace(workspace);
  const shelf = useShelf(workspace, kind);
  const demo = here?.tier === "demo";
  const writable = may(kind === "recipes" ? "analyst" : "steward") && !demo;
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div>
          <Title order={1} size={22}>
            {text.recipe.title}
          </Title>
          <p className="soft">{text.recipe.lead[kind]}</p>
        </div>
        <SegmentedControl
          size="sm"
          aria-label={text.recipe.kind}
          data={[
            { value: "recipes", label: text.recipe.recipes },
            { value: "policies", label: text.recipe.policies },
          ]}
          value={kind}
          onChange={(v) => go({ search: { kind: v as Kind } })}
        />
      </header>
      {demo && <p className={css.note}>{text.recipe.demo}</p>}
      {here && !demo && !writable && <p className={css.note}>{text.recipe.readOnly[kind]}</p>}
      <div className={css.split}>
        <div className={css.side}>
          {writable && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconPlus size={15} />}
              onClick={() => go({ search: { kind, id: "new" } })}
            >
              {text.recipe.fresh[kind]}
            </Button>
          )}
          <ErrorPanel error={shelf.error} retry={() => shelf.refetch()} />
          {shelf.isPending && <Skeleton h={120} radius="md" role="status" aria-label={text.loading} />}
          {shelf.data?.length === 0 && <Empty title={text.recipe.none[kind]}>{text.recipe.noneWhy[kind]}</Empty>}
          <nav aria-label={text.recipe[kind]}>
            <ul className={css.list}>
              {shelf.data?.map((r) => (
                <li key={r.id}>
                  <Link
                    to="/w/$workspace/recipes"
                    params={{ workspace }}
                    search={{ kind, id: r.id }}
                    className={css.one}
                    aria-current={r.id === id || undefined}
                  >
                    <span className={css.name}>
                      <span className="clip">{r.name}</span>
                      {kind === "policies" && (
                        <Badge
                          size="xs"
                          variant={r.active ? "filled" : "light"}
                          color={r.active ? "pine" : "gray"}
                          tt="none"
                        >
                          {r.active ? text.recipe.active : text.recipe.inactive}
                        </Badge>
                      )}
                    </span>
                    <span className="soft">
                      {text.recipe.holds(contents(r.text))} · {ago(r.updated)}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        </div>
        <div className={css.main}>
          {id === "new" && writable && <Editor key={`new.${kind}`} workspace={workspace} kind={kind} writable />}
          {id && id !== "new" && <Existing key={id} workspace={workspace} kind={kind} id={id} writable={writable} />}
          {!id && shelf.data?.length !== 0 && <Empty title={text.recipe.choose}>{text.recipe.chooseWhy[kind]}</Empty>}
        </div>
      </div>
    </div>
  );
}

function Existing({ workspace, kind, id, writable }: { workspace: string; kind: Kind; id: string; writable: boolean }) {
  const kept = useKept(workspace, kind, id);
  if (kept.error) return <ErrorPanel error={kept.error} retry={() => kept.refetch()} />;
  if (!kept.data) return <Skeleton h={420} radius="lg" role="status" aria-label={text.loading} />;
  const before: Schemas["KeptRecipe"] = kept.data.body;
  return (
    <Editor
      workspace={workspace}
      kind={kind}
      before={before}
      tag={kept.data.tag}
      writable={writable}
      onReread={() => kept.refetch()}
    />
  );
}
