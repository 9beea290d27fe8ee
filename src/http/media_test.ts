import { assertEquals } from "@std/assert";
import { servedAs } from "./media.ts";

Deno.test("servedAs() keeps the type of what no browser runs", () => {
  for (
    const type of [
      "image/png",
      "IMAGE/JPEG",
      "image/svg",
      "audio/ogg",
      "video/mp4",
      "font/woff2",
      "text/plain; charset=utf-8",
      "text/markdown",
      "application/json",
      "application/x-jupyter-output+json",
      "application/vnd.jupyter.widget-view+json",
      "application/vnd.apache.arrow.stream",
      "application/pdf",
      "application/octet-stream",
    ]
  ) {
    assertEquals(servedAs(type), { contentType: type, attachment: false }, type);
  }
});

Deno.test("servedAs() makes plain text of markup and scripts", () => {
  for (
    const type of [
      "text/html",
      "Text/HTML; charset=utf-8",
      " text/html",
      "application/xhtml+xml",
      "text/xml",
      "application/xml",
      "application/rss+xml",
      "image/evil+xml",
      "model/x3d+xml",
      "text/javascript",
      "text/css",
      "text/xsl",
      "application/javascript",
      "application/x-javascript",
      "application/ecmascript",
      "text/anything",
    ]
  ) {
    assertEquals(
      servedAs(type),
      { contentType: "text/plain; charset=utf-8", attachment: false },
      type,
    );
  }
});

Deno.test("servedAs() keeps an SVG for images and makes it a download elsewhere", () => {
  assertEquals(servedAs("image/svg+xml"), { contentType: "image/svg+xml", attachment: true });
});

Deno.test("servedAs() makes a stream of bytes of what it doesn't know", () => {
  for (const type of ["multipart/x-mixed-replace; boundary=x", "message/rfc822", "x/y", ""]) {
    assertEquals(
      servedAs(type),
      { contentType: "application/octet-stream", attachment: true },
      type,
    );
  }
});
