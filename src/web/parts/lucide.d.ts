/** One icon a file: the entry of the package would have the build read all of them. */
declare module 'lucide/dist/esm/icons/*.mjs' {
  const icon: readonly (readonly [string, Readonly<Record<string, string | number>>])[];
  export default icon;
}
