import { Text, useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type RefObject, useEffect, useRef, useState } from "react";
import { text } from "../text/text";
import css from "./chart.module.css";

const looks = {
  light: {
    ink: "#1d211e",
    soft: "#5c625d",
    line: "#e6e6e1",
    focus: "#0f7a63",
    other: "#b9bcb5",
    font: "Inter Variable, sans-serif",
  },
  dark: {
    ink: "#e6e8e5",
    soft: "#a3a9a3",
    line: "#2b2f2c",
    focus: "#5fc7a8",
    other: "#535a55",
    font: "Inter Variable, sans-serif",
  },
};

/** A chart as the server specifies it (Vega-Lite). What it shows stands in words beside it. */
export function Chart({ spec, label }: { spec: object; label: string }) {
  const scheme = useComputedColorScheme("light");
  const { ref, width } = useElementSize();
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const near = useNear(box);
  const steps = Math.round(width / 24);
  useEffect(() => {
    if (steps === 0 || !near) return;
    let gone = false;
    let clear: () => void = () => undefined;
    import("./vega")
      .then(({ draw }) => (gone || !box.current ? undefined : draw(spec, box.current, looks[scheme])))
      .then((done) => {
        if (done && gone) done();
        else if (done) clear = done;
      })
      .catch(() => setFailed(true));
    return () => {
      gone = true;
      clear();
    };
  }, [spec, scheme, steps, near]);
  return (
    <div ref={ref} className={css.frame}>
      {failed ? (
        <Text size="sm" c="dimmed">
          {text.insight.noChart}
        </Text>
      ) : (
        <div
          ref={box}
          data-chart={near || undefined}
          role="img"
          aria-label={text.insight.chartOf(label)}
          className={css.box}
        />
      )}
    </div>
  );
}

/** Whether something has come near to what is seen: charts far down are not drawn before somebody scrolls there. */
function useNear(box: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!box.current || near) return;
    const look = new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && setNear(true), {
      rootMargin: "400px",
    });
    look.observe(box.current);
    return () => look.disconnect();
  }, [box, near]);
  return near;
}
