import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";
import { text } from "../text/text";

interface Props<T> {
  all: T[];
  /** How many are shown until more are asked for. */
  most: number;
  show: (one: T) => ReactNode;
  keyOf: (one: T) => string;
}

/** The first of many things, and the others some hundreds at a time: a table may have thousands of columns. */
export function Clipped<T>({ all, most, show, keyOf }: Props<T>) {
  const [shown, setShown] = useState(most);
  return (
    <>
      {all.slice(0, shown).map((x) => (
        <Fragment key={keyOf(x)}>{show(x)}</Fragment>
      ))}
      {all.length > shown && (
        <Button size="compact-xs" variant="subtle" onClick={() => setShown(shown + 200)}>
          {text.more(all.length - shown)}
        </Button>
      )}
    </>
  );
}
