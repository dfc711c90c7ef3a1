import { Textarea, type TextareaProps } from "@mantine/core";
import css from "./growing.module.css";

interface Props extends Omit<TextareaProps, "autosize" | "rows"> {
  minRows: number;
  maxRows: number;
}

/**
 * A field for text of several lines that is as high as what is in it. The browser sees to that by itself: to measure the text with
 * every key, as Mantine's own does, takes a quarter of what a decision costs the page.
 */
export function GrowingText({ minRows, maxRows, ...rest }: Props) {
  const border = "var(--input-padding-y, 0.5rem) * 2 + 2px";
  return (
    <Textarea
      {...rest}
      rows={minRows}
      resize="vertical"
      classNames={{ input: css.input }}
      styles={{ input: { minHeight: `calc(${minRows}lh + ${border})`, maxHeight: `calc(${maxRows}lh + ${border})` } }}
    />
  );
}
