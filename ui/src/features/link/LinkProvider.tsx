export function LinkProvider({ children }: { children: React.ReactNode }) {
  return children;
}
