export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <rect width="24" height="24" rx="5" fill="var(--mantine-color-desk-7)" />
      <g stroke="#fff" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
        <path d="M12 5v11.5M6 7.5h12" />
        <path d="M6 7.5l-2 4.6h4zM18 7.5l-2 4.6h4z" fill="#fff" fillOpacity=".25" />
        <path d="M4 18.5h16" strokeWidth="2" />
      </g>
    </svg>
  );
}
