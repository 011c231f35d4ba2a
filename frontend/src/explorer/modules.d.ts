declare module "maplibre-gl/dist/maplibre-gl-worker.mjs" {
  const MapWorker: new (...given: unknown[]) => unknown;
  export default MapWorker;
}
