import { Checkbox, Skeleton, Text } from "@mantine/core";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import account from "../account/account.module.css";
import css from "./together.module.css";
import { usePrefer, usePreference } from "./together.query";

const without = (all: readonly string[], kind: string) => all.filter((k) => k !== kind);
const toggled = (all: readonly string[], kind: string) => (all.includes(kind) ? without(all, kind) : [...all, kind]);

/** Which notices one gets, in the application and by mail. What is chosen holds at once. */
export function Preferences() {
  const chosen = usePreference();
  const prefer = usePrefer();
  const p = chosen.data;
  const shown = prefer.isPending ? prefer.variables : p; // as it will be
  const mail: readonly string[] = shown?.mail ?? [];
  const hidden: readonly string[] = shown?.hidden ?? [];
  return (
    <section className={`card ${account.part}`} aria-labelledby="notice-kinds" data-testid="preferences">
      <h2 id="notice-kinds">{text.together.choose}</h2>
      <Text size="sm" c="dimmed" mb="sm">
        {text.together.chooseWhy} {p && !p.possible && text.together.chooseNoMail}
      </Text>
      <ErrorPanel error={chosen.error ?? prefer.error} />
      {chosen.isPending && <Skeleton h={180} />}
      {p && (
        <table className={css.kinds}>
          <thead>
            <tr>
              <td />
              <th scope="col">{text.together.chooseHere}</th>
              <th scope="col">{text.together.chooseMail}</th>
            </tr>
          </thead>
          <tbody>
            {(p.kinds ?? []).map((kind) => {
              const name = text.together.kinds[kind] ?? kind;
              return (
                <tr key={kind}>
                  <th scope="row">{name}</th>
                  <td>
                    <Checkbox
                      aria-label={`${name}: ${text.together.chooseHere}`}
                      checked={!hidden.includes(kind)}
                      onChange={() => prefer.mutate({ mail: [...mail], hidden: toggled(hidden, kind) })}
                    />
                  </td>
                  <td>
                    <Checkbox
                      aria-label={`${name}: ${text.together.chooseMail}`}
                      checked={p.possible && mail.includes(kind)}
                      disabled={!p.possible}
                      onChange={() => prefer.mutate({ mail: toggled(mail, kind), hidden: [...hidden] })}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
