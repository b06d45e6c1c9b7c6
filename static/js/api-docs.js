// The documentation of the API: Swagger UI, told where the description is and who is asking.
"use strict";

const place = document.getElementById("api-docs");
const page = document.documentElement;
const night = window.matchMedia("(prefers-color-scheme: dark)");

/** As somebody chose, or as the system is. */
function dress() {
  page.classList.toggle("dark-mode", page.dataset.theme ? page.dataset.theme === "dark" : night.matches);
}

dress();
night.addEventListener("change", dress);

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.openapiUrl,
  deepLinking: true,
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  // Swagger's own judge is on another site.
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = place.dataset.csrfToken;
    return request;
  },
});
