// Swagger UI over our own document; nothing is fetched from elsewhere.

const place = document.getElementById("swagger");
SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  // Its links would sit inside its buttons, where a keyboard cannot reach them.
  deepLinking: false,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  onComplete: () => place.querySelector("#servers")?.setAttribute("aria-label", "Server"),
});
