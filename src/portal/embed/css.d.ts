/** Vite hands over the file's text. */
declare module '*.css?inline' {
  const text: string;
  export default text;
}
