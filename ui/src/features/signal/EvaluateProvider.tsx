export function EvaluateProvider({ children }: { children: React.ReactNode }) {
  return children;
}
