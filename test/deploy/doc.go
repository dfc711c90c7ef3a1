// Package deploy has no code: its tests hold what deploy/ promises: rules, alerts, dashboards, containers and the chart.
package deploy
