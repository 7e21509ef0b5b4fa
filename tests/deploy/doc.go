// Package deploy tests what is in the folder deploy and what docs/operations.md
// says of it: alerts by Prometheus's own tool, images by the engine that is here.
package deploy
