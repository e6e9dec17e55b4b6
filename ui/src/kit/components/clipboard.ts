/** False if the clipboard can't be used. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** For web views without the clipboard API. */
function copySelected(text: string): boolean {
  const holder = document.createElement("span");
  holder.textContent = text;
  holder.style.cssText = "position:fixed;opacity:0;white-space:pre;user-select:text";
  document.body.append(holder);
  const selection = window.getSelection();
  selection?.selectAllChildren(holder);
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    selection?.removeAllRanges();
    holder.remove();
  }
}
