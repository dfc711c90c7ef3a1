import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";
import { text } from "../text/text";
import { clip, further } from "./clipped.model";

interface Props<T> {
  all: T[];
  /** How many are shown until more are asked for. */
  most: number;
  show: (one: T) => ReactNode;
  keyOf: (one: T) => string;
}

/** The first of many things, and the others some hundreds at a time: a table may have thousands of columns. */
export function Clipped<T>({ all, most, show, keyOf }: Props<T>) {
  const { first, more } = useClip(all, most);
  return (
    <>
      {first.map((x) => (
        <Fragment key={keyOf(x)}>{show(x)}</Fragment>
      ))}
      {more}
    </>
  );
}

/** The first of many things, and the button that shows more of them where there are more. */
export function useClip<T>(all: T[], most: number): { first: T[]; more: ReactNode } {
  const [shown, setShown] = useState(most);
  const { first, rest } = clip(all, shown);
  const more = rest > 0 && (
    <Button size="compact-xs" variant="subtle" onClick={() => setShown(further(shown))}>
      {text.more(rest)}
    </Button>
  );
  return { first, more };
}
