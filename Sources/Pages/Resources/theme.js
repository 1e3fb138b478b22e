// ---- Light and dark

const darkSystem = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : darkSystem.matches;
}

function nameTheme() {
  document.getElementById("theme").textContent = isDark() ? "Light" : "Dark";
}

function changeTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  nameTheme();
  // A page opened from a file may have no access to local storage.
  try { localStorage.setItem("pinpoint-theme", document.documentElement.dataset.theme); } catch { }
}

function recallTheme() {
  try {
    const theme = localStorage.getItem("pinpoint-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { }
  nameTheme();
}

document.getElementById("theme").addEventListener("click", changeTheme);
darkSystem.addEventListener("change", nameTheme);
recallTheme();
