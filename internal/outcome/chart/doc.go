// Package chart draws the Vega-Lite charts of insights as static SVG: bars, lines and points with plain axes and inline
// data, layered or alone. It is no Vega-Lite: what it does not know it refuses, and the caller shows the numbers as a
// table. The drawing is deterministic, needs no script, and takes its text colour from the page (currentColor).
package chart
