/** Renders the whole app on a fake shell, with helpers to drive it. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../app/App";
import { createQueryClient } from "../data/client";
import { Boundary } from "../kit/components/Boundary";
import { surfaces, theme } from "../kit/theme/theme";

/** Renders the app as the window does, without transitions. */
export function renderApp() {
  const user = userEvent.setup({ delay: null });
  const client = createQueryClient();
  render(
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} env="test">
      <QueryClientProvider client={client}>
        <Notifications />
        <Boundary what="The window">
          <App />
        </Boundary>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return user;
}

type User = ReturnType<typeof userEvent.setup>;

/** Renders the app and opens one of its screens. */
export async function openScreen(name: string): Promise<User> {
  const user = renderApp();
  await user.click(await byId(`nav-${name}`));
  return user;
}

/** Clicks the elements in order. */
export async function press(user: User, ...testIds: string[]): Promise<void> {
  for (const testId of testIds) await user.click(await byId(testId));
}

/** Waits for the element. */
export const byId = (testId: string) => screen.findByTestId(testId);

export const ifThere = (testId: string) => screen.queryByTestId(testId);

/** The elements, without those a list keeps out of sight. */
export const shownById = (testId: string) =>
  screen.queryAllByTestId(testId).filter((element) => !element.closest("[data-spare]"));
