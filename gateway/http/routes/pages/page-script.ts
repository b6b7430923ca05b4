/** What the page of an action does in a browser, with what every telephone's browser of the last ten years has. Texts are put in as text, never as markup. */

export const SCRIPT = `"use strict";
var words = {
  nl: { title: "Burgernet", gone: "Deze actie is voorbij.", what: "Wat heeft u gezien?", add: "Foto of film erbij (hoeft niet)",
    send: "Versturen", sending: "Wordt verstuurd …", sent: "Bedankt. Uw bericht is binnen. Wie u bent, weten wij niet.",
    keep: "Bewaar deze code als u het antwoord van de meldkamer wilt lezen:", failed: "Dat lukte niet. Probeer het nog eens.",
    photoNot: "Niet gelukt, uw bericht is er wel: ", photo: "Binnen: ", have: "Heeft u een code?", look: "Bekijk antwoord",
    none: "Er is nog geen antwoord.", unknown: "Deze code is er niet.", back: "Bericht intrekken", taken: "Uw bericht is ingetrokken.",
    where: "Waar was dat? (hoeft niet)", here: "Ik ben daar nu: plaats meesturen", found: "Uw plaats gaat mee.", lost: "Uw plaats is niet gevonden.",
    enough: "Wilt u hierover niet nog eens gevraagd worden?", number: "Het nummer waarop u de vraag kreeg (wordt niet bewaard)",
    notAgain: "Vraag mij niet opnieuw", noted: "Dat is begrepen.",
    noTrack: "Deze pagina onthoudt niets over u.", until: "Loopt tot ", upload: "Foto of film voor de meldkamer",
    picture: "Foto bij deze actie" },
  en: { title: "Burgernet", gone: "This action is over.", what: "What have you seen?", add: "Add a photo or film (optional)",
    send: "Send", sending: "Sending …", sent: "Thank you. Your message is in. We don't know who you are.",
    keep: "Keep this code to read the control room's answer:", failed: "That did not work. Please try again.",
    photoNot: "Did not work, but your message is in: ", photo: "In: ", have: "Do you have a code?", look: "See the answer",
    none: "There is no answer yet.", unknown: "There is no such code.", back: "Take the message back", taken: "Your message was taken back.",
    where: "Where was that? (optional)", here: "I am there now: send my place", found: "Your place is sent along.", lost: "Your place was not found.",
    enough: "Would you rather not be asked about this again?", number: "The number on which you were asked (it is not kept)",
    notAgain: "Do not ask me again", noted: "Understood.",
    noTrack: "This page remembers nothing about you.", until: "Runs until ", upload: "Photo or film for the control room",
    picture: "Photo of this action" }
};
var language = (navigator.language || "nl").slice(0, 2);
var say = words[language] || (language === "nl" ? words.nl : words.en);
var path = location.pathname.split("/"), isUpload = path[1] === "u", link = path[2];
var $ = function (id) { return document.getElementById(id); };
var show = function (id, on) { $(id).hidden = !on; };
document.documentElement.lang = say === words.nl ? "nl" : "en";
Array.prototype.forEach.call(document.querySelectorAll("[data-say]"), function (one) { one.textContent = say[one.dataset.say]; });
var line = function (text) { var one = document.createElement("p"); one.textContent = text; $("out").appendChild(one); };
var json = function (method, url, body) {
  return fetch(url, { method: method, headers: body ? { "Content-Type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined });
};
var put = function (url, file) {
  return fetch(url, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file });
};
var files = function () { return Array.prototype.slice.call($("file").files); };
function one(url, file) {
  return put(url, file).then(function (answer) {
    if (answer.ok) return line(say.photo + file.name);
    return answer.json().then(function (problem) { line(say.photoNot + file.name + " (" + problem.code + ")"); });
  }).catch(function () { line(say.photoNot + file.name); });
}
function all(url, left) { return left.length ? one(url, left[0]).then(function () { return all(url, left.slice(1)); }) : null; }
function busy(on) { $("send").disabled = on; $("state").textContent = on ? say.sending : ""; }
var position;
$("here").addEventListener("click", function () {
  if (!navigator.geolocation) { $("found").textContent = say.lost; return; }
  navigator.geolocation.getCurrentPosition(function (at) {
    position = [at.coords.longitude, at.coords.latitude]; $("found").textContent = say.found;
  }, function () { $("found").textContent = say.lost; }, { timeout: 15000 });
});
function place() {
  var words = $("where").value.trim();
  return words || position ? { words: words || undefined, position: position } : undefined;
}
function reply() {
  return json("POST", "/v1/pages/" + link + "/replies", { text: $("text").value, place: place() }).then(function (answer) {
    if (!answer.ok) throw new Error();
    return answer.json();
  }).then(function (reply) {
    $("code").textContent = reply.code; show("kept", true); show("form", false);
    return all("/v1/replies/" + reply.code + "/media", files());
  });
}
$("form").addEventListener("submit", function (event) {
  event.preventDefault(); busy(true);
  var done = isUpload ? all("/v1/uploads/" + link, files().slice(0, 1)) : reply();
  Promise.resolve(done).then(function () { busy(false); if (isUpload) show("form", false); }, function () { busy(false); $("state").textContent = say.failed; });
});
function look(code) {
  json("GET", "/v1/replies/" + encodeURIComponent(code)).then(function (answer) {
    $("answers").textContent = "";
    if (!answer.ok) { $("answers").textContent = say.unknown; return; }
    return answer.json().then(function (own) {
      show("back", true);
      if (!own.answers.length) $("answers").textContent = say.none;
      own.answers.forEach(function (each) { var p = document.createElement("p"); p.textContent = each.text; $("answers").appendChild(p); });
      own.media.forEach(function (each) { if (each.refused) { var p = document.createElement("p"); p.textContent = say.photoNot + each.refused; $("answers").appendChild(p); } });
    });
  });
}
$("asks").addEventListener("submit", function (event) { event.preventDefault(); look($("own").value); });
$("back").addEventListener("click", function () {
  json("DELETE", "/v1/replies/" + encodeURIComponent($("own").value)).then(function (answer) { if (answer.ok) { $("answers").textContent = say.taken; show("back", false); } });
});
$("asked").addEventListener("submit", function (event) {
  event.preventDefault();
  json("POST", "/v1/pages/" + link + "/not-again", { number: $("number").value }).then(function (answer) {
    $("noted").textContent = answer.ok ? say.noted : say.failed; if (answer.ok) $("number").value = "";
  });
});
if (isUpload) { show("words", false); show("places", false); show("asks", false); show("form", true); $("file").required = true; $("add").textContent = say.upload; }
else fetch("/v1/pages/" + link).then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (page) {
  if (!page) { $("said").textContent = say.gone; return; }
  $("said").textContent = page.texts[language] || page.text;
  $("until").textContent = say.until + new Date(page.expiresAt).toLocaleString(say === words.nl ? "nl" : "en-GB", { weekday: "long", hour: "2-digit", minute: "2-digit" });
  page.media.forEach(function (each) {
    var shown = document.createElement(each.kind === "photo" ? "img" : "video");
    shown.src = "/v1/pages/" + link + "/media/" + each.media; shown.width = each.width; shown.height = each.height;
    if (each.kind === "photo") shown.alt = say.picture; else shown.controls = true;
    $("pictures").appendChild(shown);
  });
  show("form", true); show("enough", true);
}).catch(function () { $("said").textContent = say.failed; });
`;
