/** What the bundler makes of imports that are no modules of ours. */
declare module '*.css';

declare module '*?worker' {
  const WorkerOfModule: new () => Worker;
  export default WorkerOfModule;
}
