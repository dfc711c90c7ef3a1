// Charts, loaded when the first is shown. Expressions are interpreted, not compiled: the content security policy allows no
// code made from text. Nothing is ever loaded from an address, whatever a specification says.
import { type Loader, parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";

export interface Look {
  ink: string;
  soft: string;
  line: string;
  focus: string;
  other: string;
  font: string;
}

const nowhere = {
  load: () => Promise.reject(new Error("charts load nothing")),
  sanitize: () => Promise.reject(new Error("charts link to nothing")),
  http: () => Promise.reject(new Error("charts load nothing")),
  file: () => Promise.reject(new Error("charts load nothing")),
} as unknown as Loader;

function config(look: Look) {
  return {
    background: "transparent",
    font: look.font,
    view: { stroke: null },
    axis: {
      labelColor: look.soft,
      titleColor: look.soft,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: 500,
      gridColor: look.line,
      domainColor: look.line,
      tickColor: look.line,
      labelLimit: 150,
    },
    legend: { labelColor: look.soft, titleColor: look.soft },
    bar: { cornerRadiusEnd: 2, color: look.focus },
    line: { color: look.focus, strokeWidth: 2 },
    point: { color: look.focus },
    area: { color: look.focus },
  };
}

/** The colours of the report, in which the server draws, become those of the page. */
function repainted(spec: object, look: Look): object {
  const text = JSON.stringify(spec).replaceAll("#c2410c", look.focus).replaceAll("#94a3b8", look.other);
  return JSON.parse(text) as object;
}

/** Draws a chart into an element, as wide as it is. Call what it returns to take it away. */
export async function draw(spec: object, into: HTMLElement, look: Look): Promise<() => void> {
  const { title: _title, width: _width, ...rest } = repainted(spec, look) as Record<string, unknown>;
  const sized = {
    height: 190,
    ...rest,
    width: Math.max(180, into.clientWidth),
    autosize: { type: "fit", contains: "padding" },
  };
  const compiled = compile(sized as unknown as TopLevelSpec, { config: config(look) as never }).spec;
  const view = new View(parse(compiled, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: "svg",
    container: into,
    loader: nowhere,
    hover: false,
    logLevel: 0,
  } as never);
  await view.runAsync();
  return () => view.finalize();
}
